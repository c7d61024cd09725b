#ifndef CREADLINE_H
#define CREADLINE_H

#include <stdbool.h>
#include <stddef.h>

// What readline keeps in mutable globals and calls through hooks, as plain functions. All of them are for one thread at a time.

enum creadline_status {
    CREADLINE_LINE = 0,
    CREADLINE_END = 1,
    CREADLINE_INTERRUPTED = 2,
    CREADLINE_TERMINATED = 3,
    CREADLINE_FAILED = 4,
};

// Gives the replacements for the word that ends at the cursor: an array that ends with NULL; it and its strings are freed here with
// free(3). Sets *files where names of files are wanted instead.
typedef char **(*creadline_completer)(const char *word, const char *line_before_cursor, bool *files);

// Once, before the first line: the name by which ~/.inputrc knows the program, how words are completed, and the descriptors of the
// terminal, which stay the caller's. Returns false, and errno, where it cannot work with them.
bool creadline_initialize(const char *name, creadline_completer completer, int input, int output);

// Reads a line from the terminal. The caller frees the line; NULL for every status but CREADLINE_LINE. While it waits, SIGINT gives up the
// line, SIGTERM, SIGHUP and SIGQUIT restore the terminal, are raised again for whoever handled them before, and end the wait.
char *creadline_read(const char *prompt, enum creadline_status *status);

// Makes a creadline_read that waits on another thread give up its line, as SIGINT does; nothing where none waits.
void creadline_interrupt(void);

// Adds to the list that the arrow keys walk, of which the last `limit` lines are kept.
void creadline_add_history(const char *line, int limit);

#endif
