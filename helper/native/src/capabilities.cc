#include <dirent.h>
#include <errno.h>
#include <linux/capability.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <set>
#include <vector>

#include "addon.h"
#include "arguments.h"

namespace xdpw {

namespace {

/** in the order of include/uapi/linux/capability.h */
constexpr const char* kNames[] = {
    "CAP_CHOWN",           "CAP_DAC_OVERRIDE",    "CAP_DAC_READ_SEARCH", "CAP_FOWNER",          "CAP_FSETID",
    "CAP_KILL",            "CAP_SETGID",          "CAP_SETUID",          "CAP_SETPCAP",         "CAP_LINUX_IMMUTABLE",
    "CAP_NET_BIND_SERVICE", "CAP_NET_BROADCAST",  "CAP_NET_ADMIN",       "CAP_NET_RAW",         "CAP_IPC_LOCK",
    "CAP_IPC_OWNER",       "CAP_SYS_MODULE",      "CAP_SYS_RAWIO",       "CAP_SYS_CHROOT",      "CAP_SYS_PTRACE",
    "CAP_SYS_PACCT",       "CAP_SYS_ADMIN",       "CAP_SYS_BOOT",        "CAP_SYS_NICE",        "CAP_SYS_RESOURCE",
    "CAP_SYS_TIME",        "CAP_SYS_TTY_CONFIG",  "CAP_MKNOD",           "CAP_LEASE",           "CAP_AUDIT_WRITE",
    "CAP_AUDIT_CONTROL",   "CAP_SETFCAP",         "CAP_MAC_OVERRIDE",    "CAP_MAC_ADMIN",       "CAP_SYSLOG",
    "CAP_WAKE_ALARM",      "CAP_BLOCK_SUSPEND",   "CAP_AUDIT_READ",      "CAP_PERFMON",         "CAP_BPF",
    "CAP_CHECKPOINT_RESTORE",
};
constexpr int kNameCount = sizeof(kNames) / sizeof(kNames[0]);
constexpr int kMost = 64;

struct Sets {
  uint64_t effective, permitted, inheritable;
};

int Read(Sets& sets) {
  __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct data[2] = {};
  if (syscall(SYS_capget, &header, data)) return errno;
  sets.effective = data[0].effective | static_cast<uint64_t>(data[1].effective) << 32;
  sets.permitted = data[0].permitted | static_cast<uint64_t>(data[1].permitted) << 32;
  sets.inheritable = data[0].inheritable | static_cast<uint64_t>(data[1].inheritable) << 32;
  return 0;
}

int Write(const Sets& sets) {
  __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct data[2];
  for (int i = 0; i < 2; i += 1) {
    data[i].effective = static_cast<uint32_t>(sets.effective >> (32 * i));
    data[i].permitted = static_cast<uint32_t>(sets.permitted >> (32 * i));
    data[i].inheritable = static_cast<uint32_t>(sets.inheritable >> (32 * i));
  }
  return syscall(SYS_capset, &header, data) ? errno : 0;
}

/** On the calling thread; system calls only, so that a signal handler may do it. Returns a positive errno or 0. */
int Drop(uint64_t keep) {
  // the bounding set first, while CAP_SETPCAP is still there
  for (int bit = 0; bit < kMost; bit += 1) {
    int has = prctl(PR_CAPBSET_READ, bit, 0, 0, 0);
    if (has < 0) break;
    if (has && !(keep >> bit & 1) && prctl(PR_CAPBSET_DROP, bit, 0, 0, 0)) return errno;
  }
  if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0)) return errno;
  Sets sets;
  if (int error = Read(sets)) return error;
  if (int error = Write({sets.effective & keep, sets.permitted & keep, sets.inheritable & keep})) return error;
  return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ? errno : 0;
}

/**
 * Capabilities belong to threads, and Node has several before our first line runs: V8's workers, and libuv's pool
 * where a module was read asynchronously. A signal carries the drop to each. It is the one that the C library keeps
 * for its own setuid(), which does the same: no thread can block it, not even Node's SIGUSR1 watcher, which blocks
 * all others. The C library's functions refuse to touch it, therefore the raw system calls.
 */
constexpr int kSignal = 33;

std::atomic<uint64_t> keepEverywhere{0};
std::atomic<int> answers{0};
std::atomic<int> refusal{0};

void OnSignal(int) {
  int before = errno;
  if (int error = Drop(keepEverywhere)) refusal = error;
  answers += 1;
  errno = before;
}

std::vector<pid_t> OtherThreads() {
  std::vector<pid_t> threads;
  DIR* tasks = opendir("/proc/self/task");
  if (!tasks) throw Failure("opendir", "list of the own threads", errno);
  while (dirent* entry = readdir(tasks)) {
    pid_t thread = atoi(entry->d_name);
    if (thread > 0 && thread != gettid()) threads.push_back(thread);
  }
  closedir(tasks);
  return threads;
}

/** Sends the signal to one thread and waits until it has answered or is gone. */
int DropOn(pid_t thread) {
  int expected = answers + 1;
  if (syscall(SYS_tgkill, getpid(), thread, kSignal)) return errno == ESRCH ? 0 : errno;
  for (int waited = 0; answers < expected; waited += 1) {
    if (waited > 50000) return ETIMEDOUT;
    if (syscall(SYS_tgkill, getpid(), thread, 0)) return 0;
    usleep(100);
  }
  return refusal;
}

int DropOnAll(uint64_t keep) {
  keepEverywhere = keep;
  // sigaction() fills in what the kernel wants to return from a handler; we lend that to our signal
  struct sigaction action = {}, before = {};
  action.sa_handler = OnSignal;
  action.sa_flags = SA_RESTART;
  if (sigaction(SIGRTMAX, &action, &before)) return errno;
  uint8_t ours[64], theirs[64];
  syscall(SYS_rt_sigaction, SIGRTMAX, nullptr, ours, 8);
  sigaction(SIGRTMAX, &before, nullptr);
  if (syscall(SYS_rt_sigaction, kSignal, ours, theirs, 8)) return errno;

  std::set<pid_t> done;
  int error = 0;
  for (bool found = true; found && !error;) {
    found = false;
    for (pid_t thread : OtherThreads()) {
      if (error || !done.insert(thread).second) continue;
      found = true;
      error = DropOn(thread);
    }
  }
  syscall(SYS_rt_sigaction, kSignal, theirs, nullptr, 8);
  return error;
}

Napi::Value KeepCapabilities(const Napi::CallbackInfo& info) {
  auto names = ToArray(info[0], "names");
  uint64_t keep = 0;
  for (uint32_t i = 0; i < names.Length(); i += 1) {
    std::string name = ToText(names.Get(i), "names");
    int bit = 0;
    while (bit < kNameCount && name != kNames[bit]) bit += 1;
    if (bit == kNameCount) throw Napi::TypeError::New(info.Env(), "argument names has an unknown capability: " + name);
    keep |= uint64_t{1} << bit;
  }
  // the other threads first: were this one first and they failed, it could not try again
  int error = DropOnAll(keep);
  if (!error) error = Drop(keep);
  if (error) throw Failure("capset", "drop of capabilities", error);
  return info.Env().Undefined();
}

Napi::Value Capabilities(const Napi::CallbackInfo& info) {
  Sets sets;
  if (int error = Read(sets)) throw Failure("capget", "read of the own capabilities", error);
  auto names = Napi::Array::New(info.Env());
  for (int bit = 0; bit < kMost; bit += 1) {
    if (!(sets.effective >> bit & 1)) continue;
    std::string name = bit < kNameCount ? kNames[bit] : "CAP_" + std::to_string(bit);
    names[names.Length()] = Napi::String::New(info.Env(), name);
  }
  return names;
}

Napi::Value PeerCredentials(const Napi::CallbackInfo& info) {
  int fd = ToFd(info[0], "fd");
  ucred credentials = {};
  socklen_t size = sizeof(credentials);
  if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &credentials, &size)) {
    throw Failure("SO_PEERCRED", "query of the peer of descriptor " + std::to_string(fd), errno);
  }
  auto peer = Napi::Object::New(info.Env());
  peer.Set("pid", credentials.pid);
  peer.Set("uid", credentials.uid);
  peer.Set("gid", credentials.gid);
  return peer;
}

}  // namespace

void RegisterCapabilities(Napi::Object exports) {
  Export<PeerCredentials>(exports, "peerCredentials");
  Export<Capabilities>(exports, "capabilities");
  Export<KeepCapabilities>(exports, "keepCapabilities");
}

}  // namespace xdpw
