/* Files of /proc: what a show function prints into. */
#ifndef SCENARIO_SEQ_H
#define SCENARIO_SEQ_H

struct seq_file;
extern void seq_printf(struct seq_file *m, const char *fmt, ...);
extern void seq_puts(struct seq_file *m, const char *s);

#endif
