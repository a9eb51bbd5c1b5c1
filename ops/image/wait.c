// The process of the container "query": idles until `kubectl exec` starts a question. Exits on SIGTERM or SIGINT, even as the first
// process of a pid namespace, for which the kernel has no default action (pid_namespaces(7)).
#include <signal.h>
#include <stdlib.h>

int main(void)
{
	sigset_t ends;
	int signal;

	sigemptyset(&ends);
	sigaddset(&ends, SIGTERM);
	sigaddset(&ends, SIGINT);
	if (sigprocmask(SIG_BLOCK, &ends, NULL) != 0 || sigwait(&ends, &signal) != 0)
		return EXIT_FAILURE;
	return EXIT_SUCCESS;
}
