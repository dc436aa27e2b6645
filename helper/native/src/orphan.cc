// A process that nobody is the parent of: what ends its starter, or the starter's process group or session, passes it by.
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "addon.h"
#include "arguments.h"
#include "fd.h"

namespace xdpw {

namespace {

/** where the orphan finds its end of the socket */
constexpr int kConversation = 3;

std::vector<std::string> ToTexts(const Napi::Value& value, const char* name) {
  auto array = ToArray(value, name);
  std::vector<std::string> texts;
  for (uint32_t i = 0; i < array.Length(); i += 1) texts.push_back(ToText(array.Get(i), name));
  return texts;
}

/** as execve(2) wants it; borrows */
std::vector<char*> Pointers(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (auto& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

/** Between fork and exec in a process of many threads: system calls only. Returns where one of them failed. */
int Become(char* const* argv, char* const* environment, int conversation, int complaint) {
  if (setsid() < 0) return errno;
  int nothing = open("/dev/null", O_RDWR);
  if (nothing < 0) return errno;
  for (int fd = 0; fd <= 2; fd += 1) {
    if (dup2(nothing, fd) < 0) return errno;
  }
  if (nothing > 2) close(nothing);
  // both at numbers where neither is in the other's way
  int socket = fcntl(conversation, F_DUPFD, 16);
  int pipe = fcntl(complaint, F_DUPFD_CLOEXEC, 16);
  if (socket < 0 || pipe < 0) return errno;
  if (dup2(socket, kConversation) < 0) return errno;
  close(socket);
  // kernels before 5.9 have no such call: there, what is open is close-on-exec all the same
  syscall(SYS_close_range, kConversation + 1, pipe - 1, 0);
  syscall(SYS_close_range, pipe + 1, ~0U, 0);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  execve(argv[0], argv, environment);
  return errno;
}

Napi::Value StartOrphan(const Napi::CallbackInfo& info) {
  auto argv = ToTexts(info[0], "argv");
  auto environment = ToTexts(info[1], "environment");
  if (argv.empty()) throw Napi::TypeError::New(info.Env(), "argument argv must not be empty");
  const std::string what = "start of " + argv.front();
  auto words = Pointers(argv);
  auto variables = Pointers(environment);

  int sockets[2], pipes[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets)) throw Failure("socketpair", what, errno);
  Fd ours(sockets[0]), theirs(sockets[1]);
  if (pipe2(pipes, O_CLOEXEC)) throw Failure("pipe2", what, errno);
  Fd hear(pipes[0]), say(pipes[1]);

  // twice, so that its parent is gone at once, and the system's first process is there to reap it
  pid_t between = fork();
  if (between < 0) throw Failure("fork", what, errno);
  if (between == 0) {
    pid_t orphan = fork();
    int error = orphan < 0 ? errno : 0;
    if (orphan == 0) error = Become(words.data(), variables.data(), theirs.Get(), say.Get());
    if (error && write(say.Get(), &error, sizeof(error)) < 0) _exit(2);
    _exit(error ? 1 : 0);
  }
  say.Close();
  theirs.Close();
  while (waitpid(between, nullptr, 0) < 0 && errno == EINTR) {}
  int error = 0;
  ssize_t heard;
  // ends when exec has closed the other side
  while ((heard = read(hear.Get(), &error, sizeof(error))) < 0 && errno == EINTR) {}
  if (heard > 0) throw Failure("execve", what, error);
  return Napi::Number::New(info.Env(), ours.Release());
}

}  // namespace

void RegisterOrphan(Napi::Object exports) { Export<StartOrphan>(exports, "startOrphan"); }

}  // namespace xdpw
