"""Chinese in one script: the traditional characters of messages, and the simplified for each.

No dictionary: only what sites write about pages, domains and accounts, so that an entry of
the phrasebook need not be there twice.
"""

from typing import Final

_PAIRS: Final = """
    丟丢 並并 亂乱 佈布 來来 個个 們们 備备 傳传 僅仅 價价 儘尽 內内 兩两 冊册 刪删
    則则 創创 劇剧 動动 務务 協协 員员 問问 啓启 啟启 單单 嗎吗 嘆叹 嘗尝 圖图 團团
    報报 場场 壇坛 壞坏 夠够 實实 審审 寫写 將将 專专 尋寻 對对 導导 屆届 帐账 帳账
    幾几 廢废 廣广 後后 從从 態态 應应 戶户 撥拨 擁拥 擇择 擊击 據据 攔拦 數数 斷断
    於于 時时 書书 會会 東东 條条 棄弃 業业 樂乐 樓楼 標标 樣样 機机 檔档 檢检 欄栏
    權权 歡欢 歸归 殘残 沒没 滿满 瀏浏 為为 無无 熱热 營营 現现 產产 異异 發发 盡尽
    確确 碼码 禦御 稱称 節节 簽签 級级 終终 組组 結结 絕绝 統统 經经 維维 網网 線线
    緩缓 縮缩 織织 繫系 繼继 續续 纔才 義义 聞闻 聯联 聲声 職职 聽听 腦脑 臨临 與与
    舉举 舊旧 蘋苹 處处 號号 裏里 裡里 製制 複复 見见 規规 視视 覽览 觀观 訂订 訊讯
    討讨 記记 訪访 設设 註注 評评 詢询 試试 該该 詳详 誌志 認认 語语 誤误 說说 誰谁
    課课 請请 論论 證证 識识 譯译 議议 護护 讀读 變变 讓让 財财 貨货 買买 費费 貼贴
    資资 賞赏 賣卖 賬账 購购 贈赠 蹤踪 車车 載载 輯辑 輸输 轉转 這这 連连 週周 運运
    過过 達达 違违 遞递 適适 遷迁 選选 遺遗 邁迈 還还 邊边 郵邮 鄰邻 錄录 錯错 鍊链
    鎖锁 鏈链 門门 閉闭 開开 間间 閣阁 閱阅 關关 陸陆 隊队 際际 隱隐 離离 難难 電电
    靜静 韓韩 頁页 順顺 須须 預预 頭头 頻频 題题 類类 顯显 飛飞 餘余 館馆 驗验 體体
    麼么 點点 齊齐 龍龙
""".split()  # noqa: SIM905 (a list of two hundred literals is not easier to read)

SIMPLIFIED: Final = {pair[0]: pair[1] for pair in _PAIRS}
"""The simplified character of a traditional one."""
