package shell

func textCommands() []*Command {
	return []*Command{
		{Name: "awk", Usage: awkUsage, Run: runAwk, UsageStatus: 2},
		{Name: "cat", Usage: catUsage, Run: runCat},
		{Name: "cmp", Usage: "cmp [-s] FILE1 FILE2\nCompare two files byte by byte.", Run: runCmp, UsageStatus: 2},
		{Name: "comm", Usage: commUsage, Run: runComm},
		{Name: "cut", Usage: cutUsage, Run: runCut},
		{Name: "diff", Usage: "diff [-u] [-q] FILE1 FILE2\nShow how two files differ.", Run: runDiff, UsageStatus: 2},
		{Name: "grep", Usage: grepUsage, Run: runGrep, UsageStatus: 2, Hint: grepHint},
		{Name: "egrep", Usage: grepUsage, Run: func(c *Ctx) int { return runGrepAs(c, "-E") }, UsageStatus: 2},
		{Name: "fgrep", Usage: grepUsage, Run: func(c *Ctx) int { return runGrepAs(c, "-F") }, UsageStatus: 2},
		{Name: "column", Usage: columnUsage, Run: runColumn},
		{Name: "expand", Usage: expandUsage, Run: runExpand},
		{Name: "fold", Usage: foldUsage, Run: runFold},
		{Name: "join", Usage: joinUsage, Run: runJoin},
		{Name: "unexpand", Usage: unexpandUsage, Run: runUnexpand},
		{Name: "head", Usage: headUsage, Run: runHead},
		{Name: "hexdump", Usage: hexdumpUsage, Run: runHexdump},
		{Name: "nl", Usage: nlUsage, Run: runNl},
		{Name: "od", Usage: odUsage, Run: runOd},
		{Name: "paste", Usage: pasteUsage, Run: runPaste},
		{Name: "rev", Usage: "rev [FILE]...\nReverse each line.", Run: runRev},
		{Name: "sed", Usage: sedUsage, Run: runSed, Hint: sedHint},
		{Name: "seq", Usage: "seq [-s SEP] [-w] [-f FORMAT] [FIRST [INCREMENT]] LAST\nPrint numbers.", Run: runSeq},
		{Name: "sort", Usage: sortUsage, Run: runSort, UsageStatus: 2},
		{Name: "tac", Usage: tacUsage, Run: runTac},
		{Name: "tail", Usage: tailUsage, Run: runTail},
		{Name: "tr", Usage: trUsage, Run: runTr},
		{Name: "uniq", Usage: uniqUsage, Run: runUniq},
		{Name: "wc", Usage: wcUsage, Run: runWc},
	}
}

func runGrepAs(c *Ctx, opt string) int {
	c.Args = append([]string{c.Args[0], opt}, c.Args[1:]...)
	return runGrep(c)
}
