/* The subcommands. Each returns the exit code. */
#ifndef NETLOAD_RUN_H
#define NETLOAD_RUN_H

int run_main(int argc, char **argv);
int connect_main(int argc, char **argv);
int hold_main(int argc, char **argv);
int getppid_main(int argc, char **argv);
int cost_main(int argc, char **argv);

#endif
