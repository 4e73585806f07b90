package shell

import "errors"

// maxNesting bounds how deep the parser and the evaluator recurse. Go ends the
// whole process when a stack reaches its limit, so depth is counted before.
const maxNesting = 20000

// checkNesting refuses text that could nest too deep. It does not know
// quoting: it counts openings that are not closed, words that open a command
// and are not ended, and prefix operators in a row.
func checkNesting(src string) error {
	brackets, words, prefix := 0, 0, 0
	for i := 0; i < len(src); {
		n := 1
		switch c := src[i]; {
		case c == '!' || c == '-' || c == '~' || c == '+':
			prefix++
		case c == ' ' || c == '\t' || c == '\n':
		default:
			prefix = 0
			brackets = max(0, brackets+bracketStep(c))
			if c >= 'a' && c <= 'z' {
				n = wordLen(src[i:])
				words = max(0, words+wordStep(src[i:i+n]))
			}
		}
		if brackets > maxNesting || words > maxNesting || prefix > maxNesting {
			return errors.New("nested too deeply")
		}
		i += n
	}
	return nil
}

func bracketStep(c byte) int {
	switch c {
	case '(', '{', '[':
		return 1
	case ')', '}', ']':
		return -1
	}
	return 0
}

func wordLen(v string) int {
	n := 0
	for n < len(v) && v[n] >= 'a' && v[n] <= 'z' {
		n++
	}
	return n
}

func wordStep(w string) int {
	switch w {
	case "if", "while", "until", "for", "select", "case", "time", "coproc", "function":
		return 1
	case "fi", "done", "esac":
		return -1
	}
	return 0
}
