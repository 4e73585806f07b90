package shell

// Coreutils are the commands every Unix has, with GNU's options and messages
// as far as scripts use them.
func Coreutils() []*Command {
	var all []*Command
	for _, l := range [][]*Command{textCommands(), sumCommands(), baseCommands(), fileCommands(), listCommands(), systemCommands()} {
		all = append(all, l...)
	}
	return all
}
