package shell

import "slices"

// Group is a part of the command table, for reference pages.
type Group struct {
	Title    string
	Commands []*Command
}

// Groups gives every command of a scenario's shell, by subject. The commands
// are for reading: those of the machine have no machine to run on.
func Groups() []Group {
	var s *System
	kernel := slices.Concat(s.moduleCommands(), s.logCommands(), s.killCommands())
	return []Group{
		{"The machine", notIn(kernel, s.Commands())},
		{"Modules, log and tasks", kernel},
		{"Text", slices.Concat(textCommands(), sumCommands(), baseCommands())},
		{"Files", slices.Concat(fileCommands(), listCommands())},
		{"The system", notIn(s.Commands(), systemCommands())},
		{"The shell itself", notIn(s.Commands(), Builtins())},
	}
}

// notIn gives the commands of list that table does not replace.
func notIn(table, list []*Command) []*Command {
	return slices.DeleteFunc(list, func(c *Command) bool {
		return slices.ContainsFunc(table, func(t *Command) bool { return t.Name == c.Name })
	})
}
