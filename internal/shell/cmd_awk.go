package shell

const awkUsage = `awk`

func runAwk(c *Ctx) int { return 2 }
