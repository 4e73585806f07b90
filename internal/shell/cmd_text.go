package shell

func textCommands() []*Command {
	return []*Command{
		{Name: "awk", Usage: awkUsage, Run: runAwk, UsageStatus: 2},
		{Name: "cat", Usage: catUsage, Run: runCat},
		{Name: "cmp", Usage: "cmp [-s] FILE1 FILE2\nCompare two files byte by byte.", Run: runCmp, UsageStatus: 2},
		{Name: "comm", Usage: "comm [-123] FILE1 FILE2\nCompare two sorted files line by line.", Run: runComm},
		{Name: "cut", Usage: cutUsage, Run: runCut},
		{Name: "diff", Usage: "diff [-u] [-q] FILE1 FILE2\nShow how two files differ.", Run: runDiff, UsageStatus: 2},
		{Name: "grep", Usage: grepUsage, Run: runGrep, UsageStatus: 2, Hint: grepHint},
		{Name: "egrep", Usage: grepUsage, Run: func(c *Ctx) int { return runGrepAs(c, "-E") }, UsageStatus: 2},
		{Name: "fgrep", Usage: grepUsage, Run: func(c *Ctx) int { return runGrepAs(c, "-F") }, UsageStatus: 2},
		{Name: "head", Usage: "head [-n [-]N | -c [-]N] [-q] [FILE]...\nPrint the first 10 (or N) lines or bytes; -N: all but the last N.", Run: runHead},
		{Name: "hexdump", Usage: hexdumpUsage, Run: runHexdump},
		{Name: "nl", Usage: "nl [-ba] [FILE]...\nNumber lines; -ba: empty ones too.", Run: runNl},
		{Name: "od", Usage: odUsage, Run: runOd},
		{Name: "paste", Usage: "paste [-s] [-d LIST] [FILE]...\nJoin the lines of files.", Run: runPaste},
		{Name: "rev", Usage: "rev [FILE]...\nReverse each line.", Run: runRev},
		{Name: "sed", Usage: sedUsage, Run: runSed, Hint: sedHint},
		{Name: "seq", Usage: "seq [-s SEP] [-w] [-f FORMAT] [FIRST [INCREMENT]] LAST\nPrint numbers.", Run: runSeq},
		{Name: "sort", Usage: sortUsage, Run: runSort, UsageStatus: 2},
		{Name: "tac", Usage: "tac [FILE]...\nPrint lines last to first.", Run: runTac},
		{Name: "tail", Usage: "tail [-n [+]N | -c [+]N] [-q] [FILE]...\nPrint the last 10 (or N) lines or bytes; +N: from N on.", Run: runTail},
		{Name: "tr", Usage: "tr [-cds] SET1 [SET2]\nTranslate, delete (-d) or squeeze (-s) characters of standard input.", Run: runTr},
		{Name: "uniq", Usage: "uniq [-cdui] [-f N] [INPUT [OUTPUT]]\nDrop repeated lines; -c: count, -d: only repeated, -u: only single ones.", Run: runUniq},
		{Name: "wc", Usage: "wc [-lwcmL] [FILE]...\nCount lines, words and bytes.", Run: runWc},
	}
}

func runGrepAs(c *Ctx, opt string) int {
	c.Args = append([]string{c.Args[0], opt}, c.Args[1:]...)
	return runGrep(c)
}
