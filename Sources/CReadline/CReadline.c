// pipe2(2)
#define _GNU_SOURCE

#include "CReadline.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <readline/history.h>
#include <readline/readline.h>

static creadline_completer complete_word;
static char **candidates;

// A signal may be delivered to any thread, so the handler writes its number here and the reader polls.
static int signal_pipe[2] = {-1, -1};
static const int watched[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP, SIGWINCH};
enum { watched_count = sizeof watched / sizeof watched[0] };

static FILE *input_stream;
static FILE *output_stream;

static char *finished_line;
static bool has_finished;

static char *next_candidate(const char *text, int state) {
    static size_t index;
    (void)text;
    if (state == 0) index = 0;
    return candidates && candidates[index] ? strdup(candidates[index++]) : NULL;
}

static void free_candidates(void) {
    if (!candidates) return;
    for (char **candidate = candidates; *candidate; candidate++) free(*candidate);
    free(candidates);
    candidates = NULL;
}

static char **attempt_completion(const char *text, int start, int end) {
    (void)start;
    bool files = false;
    char *before = strndup(rl_line_buffer, (size_t)end);
    if (!before) return NULL;
    free_candidates();
    candidates = complete_word(text, before, &files);
    free(before);
    // Readline itself completes names of files where this stays 0.
    rl_attempted_completion_over = files ? 0 : 1;
    return files ? NULL : rl_completion_matches(text, next_candidate);
}

static void finish_line(char *line) {
    finished_line = line;
    has_finished = true;
    // Puts the terminal back before the line is worked on.
    rl_callback_handler_remove();
}

static void note_signal(int number) {
    int saved = errno;
    unsigned char byte = (unsigned char)number;
    ssize_t ignored = write(signal_pipe[1], &byte, 1);
    (void)ignored;
    errno = saved;
}

bool creadline_initialize(const char *name, creadline_completer completer, int input, int output) {
    complete_word = completer;
    rl_readline_name = strdup(name);
    rl_attempted_completion_function = attempt_completion;
    rl_completer_word_break_characters = " \t\n=";
    rl_completer_quote_characters = "\"'";
    // The handlers of creadline_read take their place: readline's would raise SIGINT again and end the program.
    rl_catch_signals = 0;
    rl_catch_sigwinch = 0;
    using_history();
    if (signal_pipe[0] < 0 && pipe2(signal_pipe, O_CLOEXEC | O_NONBLOCK) != 0) return false;
    // Streams of our own: stdin may hold bytes that were read ahead, stdout carries results.
    int own_input = fcntl(input, F_DUPFD_CLOEXEC, 3);
    int own_output = fcntl(output, F_DUPFD_CLOEXEC, 3);
    input_stream = own_input < 0 ? NULL : fdopen(own_input, "r");
    output_stream = own_output < 0 ? NULL : fdopen(own_output, "w");
    return input_stream && output_stream;
}

static void stop_until_continued(void) {
    rl_cleanup_after_signal();
    raise(SIGSTOP);
    rl_reset_after_signal();
    rl_forced_update_display();
}

static void discard_signals(void) {
    unsigned char number;
    while (read(signal_pipe[0], &number, 1) == 1) {}
}

// Returns the signal that ends the wait, 0 when input is ready, -1 on an error.
static int wait_for_input(void) {
    for (;;) {
        struct pollfd files[2] = {{.fd = fileno(rl_instream), .events = POLLIN}, {.fd = signal_pipe[0], .events = POLLIN}};
        if (poll(files, 2, -1) < 0) {
            if (errno == EINTR) continue;
            return -1;
        }
        unsigned char number;
        if (files[1].revents && read(signal_pipe[0], &number, 1) == 1) {
            if (number == SIGWINCH) rl_resize_terminal();
            else if (number == SIGTSTP) stop_until_continued();
            else return number;
            continue;
        }
        if (files[0].revents) return 0;
    }
}

static void abandon_line(void) {
    // Behind the line, and before readline resets the terminal, which moves the cursor to the first column.
    rl_point = rl_end;
    rl_redisplay();
    fputs("^C", rl_outstream);
    fflush(rl_outstream);
    rl_free_line_state();
    rl_callback_handler_remove();
    fputs("\n", rl_outstream);
    fflush(rl_outstream);
}

char *creadline_read(const char *prompt, enum creadline_status *status) {
    if (!input_stream || !output_stream) {
        *status = CREADLINE_FAILED;
        return NULL;
    }
    // What came after the last line was read is no word about this one.
    discard_signals();
    struct sigaction previous[watched_count];
    struct sigaction watching = {.sa_handler = note_signal, .sa_flags = SA_RESTART};
    sigemptyset(&watching.sa_mask);
    for (int i = 0; i < watched_count; i++) sigaction(watched[i], &watching, &previous[i]);

    finished_line = NULL;
    has_finished = false;
    rl_instream = input_stream;
    rl_outstream = output_stream;
    rl_callback_handler_install(prompt, finish_line);
    int number = 0;
    while (!has_finished && (number = wait_for_input()) == 0) rl_callback_read_char();

    if (number == SIGINT) abandon_line();
    else if (!has_finished) rl_callback_handler_remove();
    free_candidates();
    for (int i = 0; i < watched_count; i++) sigaction(watched[i], &previous[i], NULL);

    if (has_finished) *status = finished_line ? CREADLINE_LINE : CREADLINE_END;
    else if (number == SIGINT) *status = CREADLINE_INTERRUPTED;
    else if (number > 0) {
        *status = CREADLINE_TERMINATED;
        kill(getpid(), number);
    } else *status = CREADLINE_FAILED;
    return finished_line;
}

void creadline_interrupt(void) {
    if (signal_pipe[1] >= 0) note_signal(SIGINT);
}

void creadline_add_history(const char *line, int limit) {
    stifle_history(limit);
    add_history(line);
}
