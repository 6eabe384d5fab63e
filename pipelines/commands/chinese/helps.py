"""Commands, options and arguments: what ``--help`` says of them."""

from collections.abc import Mapping
from typing import Final

_COMMANDS: Final[Mapping[str, str]] = {
    "Join what a county's departments know about its poor households, and find where they disagree.": (
        "把县里各部门掌握的贫困户数据合到一起，找出不一致的地方。"
    ),
    "Write the nine feeds of a synthetic county, its policy file, and what is truly wrong in it.": (
        "生成一个虚拟县的九类数据、政策文件，以及其中真正的问题。"
    ),
    "The night: take in what has arrived, evaluate, record, publish, report.": (
        "每夜比对：收数据、评估、入台账、发布、出报告。"
    ),
    "Nights of the past in order: recorded where the ledger knows no later one, else replays in their own folders.": (
        "按顺序补跑过去各夜：台账没有更晚的就入台账，否则只复盘，结果放在各自的文件夹。"
    ),
    "Evaluate the rules over what has been taken in, and tell the ledger; nothing is published.": (
        "对已收的数据评估规则并入台账，不发布。"
    ),
    "Load the recorded runs and publish the warehouse.": "把已入台账的各次结果装入数据仓库并发布。",
    "Write the workbooks and the summary of the runs recorded for D.": "重新生成截止日 D 的工作簿和摘要。",
    "Take deliveries in and stage them; nothing is evaluated yet.": "收数据并入库，暂不评估。",
    "Pull deliveries from a department's database and stage them; its URL comes from the environment.": (
        "从部门的数据库取数并入库；数据库地址写在环境变量里。"
    ),
    "The workbook that a department fills in: headings, drop-downs, examples, 填表说明.": (
        "部门填报用的模板：列名、下拉选项、样例、填表说明。"
    ),
    "Report on a file before it is sent: every problem with its row; nothing is stored.": (
        "报送前检查文件：逐行列出问题，不保存任何数据。"
    ),
    "What arrived and what became of it.": "收到的各批数据和处理结果。",
    "A head that was printed or mailed before; again for more.": "以前印出或寄出的校验值；可多次给出。",
    "Undo the newest recorded run of a county: ledger, warehouse and pages are as if it had not been.": (
        "撤销一个县最近一次入台账的比对：台账、数据仓库和页面恢复到没有这次比对的样子。"
    ),
    "The newest recorded run of a county, or how its id begins.": "一个县最近一次入台账的比对编号，或其开头。",
    "Put an earlier content of the same feed, county and as-of date, or what was withdrawn, in force again.": (
        "让同类、同县、同截止日的较早一批，或已撤回的一批，重新生效。"
    ),
    "Stage content that is in force again under today's labels (policy labels.*), as a correction.": (
        "按现行政策中的写法（labels.*）把正在采用的一批重新入库，作为更正。"
    ),
    "Let a delivery through that was rejected for its share of bad rows, or held for having far fewer than before.": (
        "放行一批：因不合格行过多被退回的，或因比以往少很多而待确认的。"
    ),
    "Take a delivery out of force, and say what counts instead; restore takes it back.": (
        "撤回一批，并写明改用什么；可用 restore 恢复。"
    ),
    "What was refused and why (退回清单), newest first: file, sheet, row, column, value (masked), reason, remedy.": (
        "退回清单，最近的在前：文件、工作表、行、列、值（脱敏）、原因、怎样改。"
    ),
    "The findings as the newest recorded run left the ledger; masked unless a purpose is given.": (
        "最近一次入台账后的问题；不写明用途时个人信息脱敏。"
    ),
    "One finding: its sentence, the rows of both sides, the policy values with their sources, its history.": (
        "一条问题：描述、两边的数据行、政策值及来源、经过。"
    ),
    "One household or certificate whole (一户一档), printable; audited. Or a village's (村册), a township's (乡簿).": (
        "一户一档：一户或一本低保证的全部情况，可打印，留下记录；也可出一村（村册）、一乡镇（乡簿）的。"
    ),
    "Before an application: what every book says of one person and the family; number and name from the prompt.": (
        "申请前核查：各账对一个人及其家庭的记载；证件号码和姓名另行输入。"
    ),
    "公示: a printable A4 page a village, with names, persons, programme and amount, and nothing else of anybody.": (
        "公示：每村一页，可用A4打印，只列姓名、人口、类别和金额。"
    ),
    "退出预检: open households with each exit condition met, not met or not known, before anybody exits.": (
        "退出预检：未脱贫、返贫各户的退出条件逐项是达标、不达标还是不能判断。"
    ),
    "What is new, gone and changed between two runs, and because of which delivery.": (
        "两次结果之间新增、消除、变化的问题，以及由哪批数据引起。"
    ),
    "Take returned workbooks in: good rows move the ledger once, the others come back with column and reason.": (
        "收回部门填好的工作簿：合格的行入台账一次，其余退回并写明列和原因。"
    ),
    "What somebody should hear of: late feeds, rejected deliveries, rules not evaluated, overdue findings, runs.": (
        "需要有人知道的事：迟到的数据、退回的批次、未评估的规则、超期的问题、没跑完的比对。"
    ),
    "Tell each county what its townships and departments left past the deadline (督办单).": (
        "督办单：各县的乡镇、部门超期未办的问题。"
    ),
    "Erase what is beyond its retention, sweep leftovers, verify the chains of ledger and audit log.": (
        "删除超过保存期限的数据，清理残留文件，核验台账和审计日志的链。"
    ),
    "Freeze the published warehouse under a name: a copy that never changes again, its hash in the books.": (
        "把已发布的数据仓库定名封存：此后不再改变，校验值记入账册。"
    ),
    "Write the books as they are now, from SQLite or PostgreSQL, to one file; keep keys/finding.key beside it.": (
        "把账册（SQLite 或 PostgreSQL）备份成一个文件；请连同 keys/finding.key 一起保存。"
    ),
    "Put a backup into empty books, on SQLite or PostgreSQL; one of an older release is brought up to date.": (
        "把备份恢复到空的账册（SQLite 或 PostgreSQL）；旧版本的备份会升级。"
    ),
    "What is installed, reachable, configured, out of date; one line each with what to do.": (
        "检查安装、连接、配置和数据新旧，每项一行，写明怎样处理。"
    ),
    "The indicators of a county: numerator, denominator, how many cannot be judged, share, threshold.": (
        "一个县的指标：分子、分母、不能判断的数量、比率、标准。"
    ),
    "Masked data for an evaluator: Stata, SPSS, CSV, Parquet or DuckDB, Chinese labels, a codebook.": (
        "给评估方的脱敏数据：Stata、SPSS、CSV、Parquet 或 DuckDB，带中文标签和编码本。"
    ),
    "What a recipient's numbers and pseudonyms stand for, in clear; a number is never on the command line.": (
        "接收方的自有编号和假名对应哪一户、哪一人、哪一行（如实显示）；编号不写在命令行上。"
    ),
    "The policy parameters.": "政策参数。",
    "Check the policy files and show the parameters in force.": "检查政策文件，列出当前生效的参数。",
    "The log of who read personal values.": "个人信息查看记录。",
    "Follow the audit log's chain: whether an entry was altered or cut off; the last digest, to be noted elsewhere.": (
        "核对审计日志的校验链：有没有被改动或删去，并给出最后的校验值，供另行留存。"
    ),
    "The rule book: all rules, or one by its code.": "规则手册：全部规则，或按编号看一条。",
    "The rule book.": "规则手册。",
    "What if: findings that would appear and vanish under another policy value; nothing is stored.": (
        "试算：换一个政策值会多出、少掉哪些问题；不保存。"
    ),
    "A finding's life: shown, sent, closed by a reviewer, verified.": "问题的经过：查看、下发、销号、核验。",
    "Where a finding stands, or all of a household, person …: transitions with who and why, answers.": (
        "一条问题，或某户、某人等的全部问题到了哪一步：何人、何故、如何答复。"
    ),
    "Close a rectified finding (销号): newer data must no longer show it.": (
        "对已整改的问题销号：较新的数据里须已不再出现。"
    ),
    "Send findings out (下发): all that wait, or those of a rule that the brake (异常增多) kept back.": (
        "下发问题：全部待下发的，或某条规则因“异常增多”暂未下发的。"
    ),
    "Follow each county's chains over ledger, runs and deliveries, with the heads that were noted; name what broke.": (
        "核对每个县台账、比对和报送的校验链，先前留存的校验值须在其中；指出断开之处。"
    ),
    "Samples for an evaluation: drawn, weighted, sized.": "评估抽样：抽取、加权、样本量。",
    "Draw a sample of households: villages in each township, households by group; its record and survey forms.": (
        "抽样本户：每个乡镇抽村，每组抽户；留下抽样记录和入户调查表。"
    ),
    "Rates of a sample with 95 % intervals, by domain, the administrative figure beside them; also into the home.": (
        "样本比率及 95% 置信区间，分组列出，并与部门数据对照；结果也存入数据目录。"
    ),
    "How many households a wanted margin takes, at a confidence of 95 %.": "达到所需精度要抽多少户（置信度 95%）。",
    "Speed and memory against named baselines, as ratios; without a command a whole night.": (
        "速度和内存，与注明的基线相比；不写子命令时测完整的一夜。"
    ),
    "A night over many small counties beside one large county, and a correction among all beside one alone.": (
        "许多小县的一夜与一个大县相比；在其中更正一批与单独更正相比。"
    ),
    "Load PostgreSQL from a published warehouse, beside ADBC of the same tables alone; into databases of their own.": (
        "从已发布的数据仓库装入 PostgreSQL，与只用 ADBC 装同样的表相比；各用单独的数据库。"
    ),
    "Evaluators' queries on PostgreSQL, beside the same on views without a fence; in a database of their own.": (
        "评估方在 PostgreSQL 上的查询，与没有隔栏的视图上的同样查询相比；用单独的数据库。"
    ),
    "Stage the same messy files as pandas reads, and as pandas cleans them, each in a process of its own.": (
        "同样杂乱的文件入库，与 pandas 读取、清洗相比，各在单独的进程里。"
    ),
    "All rules on a simulated county, beside the scan's limit, SQL by hand, Polars and pandas, interleaved.": (
        "虚拟县上的全部规则，与扫描极限、手写 SQL、Polars、pandas 交替相比。"
    ),
    "The warehouse on PostgreSQL (LIANGXIAN_DATABASE_URL).": "PostgreSQL 上的数据仓库（LIANGXIAN_DATABASE_URL）。",
    "Migrate the tables where that is due, and load the version that is published in the home.": (
        "需要时升级表结构，并装入数据目录里已发布的版本。"
    ),
    "Make the group roles, give each its rights and set row security; as a superuser, again after each migration.": (
        "建立角色、授权并设置行级安全；须以超级用户执行，每次升级表结构后再执行一次。"
    ),
    "Let a login read what its kind may read (what it could read before is withdrawn), or run the night (loader).": (
        "让一个登录名读它这一类可读的内容（原来的权限收回），或供每夜装载（loader）。"
    ),
    "Take from a login all that it could read; the login itself stays.": "收回一个登录名的全部读取权限；登录名保留。",
}

_SHARED: Final[Mapping[str, str]] = {
    "Print JSON for machines.": "输出 JSON，供程序读取。",
    "Language: zh or en (default: Chinese where the locale is).": "语言：zh 或 en（默认随系统区域设置）。",
    "Folder that holds all state.": "数据目录，全部内容都在里面。",
    "As-of date D of the run.": "数据截止日 D。",
    "As-of date D (default: the newest there is).": "数据截止日 D（默认：最近的一个）。",
    "As-of date (default: today).": "数据截止日（默认：今天）。",
    "County code; again for more (default: each that has data).": "县代码，可多次给出（默认：有数据的各县）。",
    "County code (default: the only one there is).": "县代码（默认：唯一的一个）。",
    "6-digit county code.": "6 位县代码。",
    "Folder of policy files (default: HOME/policy, else the defaults).": (
        "政策文件的文件夹（默认：数据目录下的 policy，没有则用全国默认值）。"
    ),
    "Folder of policy files.": "政策文件的文件夹。",
    "Where deliveries are dropped (default: HOME/inbox).": "收件的文件夹（默认：数据目录下的 inbox）。",
    "Deliveries and counties at once, at most; each has its share of cores and memory limit.": (
        "最多同时处理几批、几个县；各分得相应的处理器和内存。"
    ),
    "Memory of the engine, such as 2GB.": "引擎的内存，例如 2GB。",
    "Where the rules run; LIANGXIAN_SPARK_MASTER is the address of spark (default: local), "
    "LIANGXIAN_SHARED_LAKE a URL for copies where its executors do not see the home. Airflow runs duckdb.": (
        "规则在哪里运行；LIANGXIAN_SPARK_MASTER 是 spark 的地址（默认：本机），"
        "LIANGXIAN_SHARED_LAKE 是执行节点看不到数据目录时存放副本的地址。Airflow 用 duckdb。"
    ),
    "Record and publish, but send nothing out (下发).": "入台账并发布，但不下发。",
    "Only what had been received by then, as it stood then (Asia/Shanghai where no zone is named).": (
        "只用那时已收到的数据，按当时的状态（未写时区的为北京时间）。"
    ),
    "Show personal values in clear; needs --purpose.": "显示个人信息原文；须写 --purpose。",
    "What personal values are needed for; audited.": "查看个人信息的用途；会留下记录。",
    "File (default: standard output).": "文件（默认：标准输出）。",
    "CSV with the mark by which Excel and WPS know UTF-8 (default: in a file yes, in a pipe no).": (
        "CSV 带 UTF-8 标记，Excel、WPS 才能认出中文（默认：存文件带，管道不带）。"
    ),
    "one for each core": "每个处理器核心一个",
    "Format.": "格式。",
    "Feed; again for more (default: all).": "数据种类，可多次给出（默认：全部）。",
    "A delivery: its number (12), or its id, if need be how that begins.": (
        "批次：编号（如 12），或批次号（写开头几位也可以）。"
    ),
    "Id of a finding (its first digits, if they name one).": "问题编号（开头几位能认出一条即可）。",
    "The day when it was done (default: today).": "办理日期（默认：今天）。",
    "Number of the applicant's authorisation (核对授权).": "申请人核对授权书的编号。",
    "Page to write (.html).": "要生成的网页（.html）。",
    "Number of a household (户编号) or certificate (低保证号).": "户编号或低保证号。",
    "The number is a household's.": "编号是户编号。",
    "The number is a certificate's.": "编号是低保证号。",
    "All cards of a village (村册), by its 12-digit code.": "一个村的全部（村册），按 12 位代码。",
    "All cards of a township (乡簿), by its 9-digit code.": "一个乡镇的全部（乡簿），按 9 位代码。",
    "Who is on the roll, who came to the books, or who left them.": (
        "low-income 在保对象，entries 新增对象，exits 退出对象。"
    ),
    "What the names are shown for; audited.": "公开姓名的用途；会留下记录。",
    "What changed since that run (default: the run before).": "与截止该日的结果比较（默认：上一次）。",
    "Folder (default: with the reports of the run).": "放在哪个文件夹（默认：与该次结果的报告放在一起）。",
    "Of this household, by its number.": "这一户的，按户编号。",
    "Of this certificate (低保证号).": "这本低保证的，按低保证号。",
    "Of one person, whose number is asked for, or read from standard input.": (
        "某个人的；证件号码另行询问，或从标准输入读取。"
    ),
    "Of this village, by its name or code.": "这个村的，按村名或代码。",
    "Of the households of this helper (帮扶责任人).": "这位帮扶责任人所帮各户的。",
}

_OPTIONS: Final[Mapping[str, str]] = {
    "Households of the register.": "建档立卡户数。",
    "The same seed gives the same bytes.": "种子；相同的种子生成完全相同的文件。",
    "Inbox to write the feeds into.": "写入数据的收件夹。",
    "How messy the files are.": "文件的杂乱程度。",
    "Monthly deliveries that end at the as-of.": "每月一批，共几个月，到截止日为止。",
    "Other offices' feeds too, and what allows their use.": "连同其他部门的数据，以及允许使用这些数据的文件。",
    "Folder for the policy file.": "存放政策文件的文件夹。",
    "File for the truth (.parquet, .csv).": "存放真实问题的文件（.parquet、.csv）。",
    "Only counties that something has arrived for; nothing is sent out.": "只处理有新数据的县；不下发。",
    "As-of date of the first night.": "第一夜的数据截止日。",
    "The last night is at it or before it.": "最后一夜不晚于这一天。",
    "From one night to the next.": "两夜之间的间隔。",
    "Files or folders, or - for standard input (default: the inbox).": (
        "文件或文件夹；- 表示标准输入（默认：收件夹）。"
    ),
    "File name of what comes by standard input.": "标准输入内容的文件名。",
    "YAML: where the rows come from.": "YAML 文件：数据从哪里取。",
    "Pull everything, watermark or not.": "全部重取，不管水位。",
    "Name of a feed.": "数据种类的名称。",
    "Workbook to write (.xlsx).": "要生成的工作簿（.xlsx）。",
    "File to look at; it stays as it is.": "要检查的文件；文件不会改动。",
    "Feed (default: by its name, else its headings).": "数据种类（默认：看文件名，再看表头）。",
    "Its code (default: by its name).": "县代码（默认：看文件名）。",
    "As-of date (default: by its name).": "数据截止日（默认：看文件名）。",
    "Write a copy as a workbook, bad cells marked and commented.": "另存为工作簿，有问题的单元格标色并加批注。",
    "Why; it is recorded.": "理由；会记录下来。",
    "The newer one of its as-of date that it comes instead of.": "由它代替的、同一截止日的较新一批。",
    "What counts instead: content that it superseded, or only what is in force of earlier dates.": (
        "改用什么：被它替代的那一批，或只用更早截止日的（earlier）。"
    ),
    "Its number, or how its id begins (default: all).": "批次编号，或批次号开头（默认：全部）。",
    "Name of a file, as it was sent.": "文件名，与报送时相同。",
    "Sheet of a workbook (default: all).": "工作表（默认：全部）。",
    "What became of this row in the newest such delivery, whatever it was.": (
        "最近这样一批里，这一行怎样处理了，不论是哪一种。"
    ),
    "Rule code; again for more.": "规则编号，可多次给出。",
    "State, or all (default: open ones).": "状态，或 all（默认：未办结的）。",
    "Department that answers for them: its code, its title or a short form (医保局).": (
        "责任单位：代码、全称或简称（如医保局）。"
    ),
    "A run (its first characters, if they name one).": "一次结果的编号（开头几位能认出即可）。",
    "Another run of the county.": "同一个县另一次结果的编号。",
    "Returned workbooks (xlsx, xls).": "部门填好退回的工作簿（xlsx、xls）。",
    "Hours after which a run that is not finished is told of.": "比对多少小时没跑完就提示。",
    "Write the digest as a page, too.": "同时写成网页。",
    "Only show what would be erased, and why.": "只列出会删除什么、为什么，不删除。",
    "Name of the snapshot, such as 2026-annual-evaluation.": "封存的名称，例如 2026-annual-evaluation。",
    "What it is for; it is recorded (default: its name).": "用途；会记录下来（默认：名称）。",
    "Who approved it (default: the system's user).": "谁批准的（默认：系统用户）。",
    "The snapshots that there are, each looked at again.": "列出已有的封存，逐个重新核对。",
    "Where to write the backup (a SQLite file).": "备份文件（SQLite）。",
    "A backup of the books.": "账册的备份。",
    "Areas.": "区域层级。",
    "Print the query behind one.": "显示一个指标的查询语句。",
    "Write the evaluation report: one self-contained, printable page.": "生成评估报告：一个可打印的网页。",
    "Stock and flow of the register since that day.": "那一天以来建档户的存量和增减。",
    "Format; duckdb is one file with everything.": "格式；duckdb 是一个文件，含全部内容。",
    "What the data are needed for; audited.": "数据的用途；会留下记录。",
    "Who gets them; each has pseudonyms and numbers of his own.": "给谁；每个接收方的假名和编号各不相同。",
    "Folder or file (default: in HOME/published).": "文件夹或文件（默认：数据目录下的 published）。",
    "Indicators alone, small cells hidden: for who may see no rows.": "只给指标，小数隐去：给不能看明细的人。",
    "With --aggregates: counts rounded to 5 instead of small cells hidden.": (
        "与 --aggregates 同用：人数（户数）按 5 取整，代替隐去小数。"
    ),
    "New pseudonyms from here on.": "从此改用新的假名。",
    "Whose numbers they are.": "是哪个接收方的编号。",
    "What it is needed for; audited.": "为什么要查；记入审计日志。",
    "Text file with one number a line (default: one from the prompt).": (
        "文本文件，每行一个编号（不给时提示输入一个）。"
    ),
    "Whose numbers and pseudonyms an evaluator reads.": "评估登录名读到的是哪个接收方的编号和假名。",
    "Code of one rule.": "一条规则的编号。",
    "Another value; again for more.": "换成的值，可多次给出。",
    "Who reviews; another person than who rectified.": "复核人；不能是整改的人。",
    "What was looked at; needed for earlier periods.": "核对了什么；往期问题必须写。",
    "Send all that this rule found, braked or not; again for more.": (
        "下发这条规则的全部问题，不论是否暂未下发；可多次给出。"
    ),
    "Why it may go out; audited.": "为什么可以下发；会留下记录。",
    "Any text; the same seed on the same data draws the same.": "任意文字；数据相同、种子相同，抽到的就相同。",
    "Villages drawn in each township (default: what can decide).": "每个乡镇抽几个村（默认：足以判定的数量）。",
    "Households a group in each village (default: what can decide).": "每个村每组抽几户（默认：足以判定的数量）。",
    "Reserve households behind those.": "另备几户。",
    "Number of the sample (default: the only one drawn).": "样本编号（默认：唯一的一个）。",
    "Share that is expected, in percent.": "预计的比率（%）。",
    "Wanted half-width of the interval, in percent points.": "允许的误差（置信区间的一半，百分点）。",
    "Households in each village.": "每个村几户。",
    "Correlation within a village, 0 to 1.": "村内相关系数，0 到 1。",
    "Households that answer, in percent.": "能完成访问的户（%）。",
    "Households in all.": "总户数。",
}

_BEHIND: Final[Mapping[str, str]] = {
    "Registered persons, about.": "建档人口，约数。",
    "Monthly nights, the last of them measured.": "每月一夜，共几个月，测最后一夜。",
    "Counties that the persons live in.": "人口分在几个县。",
    "Counties in one home.": "一个数据目录里的县数。",
    "Registered persons of each, about.": "每个县的建档人口，约数。",
    "PostgreSQL where databases may be made.": "可以建数据库的 PostgreSQL。",
    "PostgreSQL where databases and roles may be made.": "可以建数据库和角色的 PostgreSQL。",
    "Rounds, in each of which every query runs once.": "轮数；每轮每条查询跑一次。",
    "Rounds, in each of which both run once.": "轮数；每轮两者各跑一次。",
    "Rows of the GB18030 CSV file; 0 leaves it out.": "GB18030 编码 CSV 的行数；0 表示不测。",
    "Rows of the workbook; 0 for none.": "工作簿的行数；0 表示不测。",
    "Counties that the persons live in, one after the other.": "人口分在几个县，逐个评估。",
    "Rounds, in each of which every job runs once.": "轮数；每轮每项各跑一次。",
    "Only this job; again for more (default: the usual ones).": "只测这一项，可多次给出（默认：常测的各项）。",
    "Percent of the rows that are refused.": "退回的行占百分之几。",
    "What the names of the group roles begin with.": "角色名的前缀。",
    "A login that the database's administrator has made.": "数据库管理员建好的登录名。",
    "What the login is for.": "登录名的用途。",
    "County code, once for each; * for all. Not for a loader.": "县代码，每个县一次；* 表示全部。loader 不需要。",
    "Of a department's login.": "部门登录名所属的部门。",
    "9-digit code, of a township's login.": "乡镇登录名的 9 位代码。",
    "A login that was admitted.": "已授权的登录名。",
}
"""Of bench and database."""

HELPS: Final[Mapping[str, str]] = {**_COMMANDS, **_SHARED, **_OPTIONS, **_BEHIND}
