package shell

func textCommands() []*Command {
	return []*Command{
		{Name: "cat", Usage: catUsage, Run: runCat},
		{Name: "grep", Usage: grepUsage, Run: runGrep, UsageStatus: 2},
	}
}
