"""The Scrapy project: it reads the issues of an archive and follows their links."""
