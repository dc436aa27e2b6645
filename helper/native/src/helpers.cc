// Which of the kernel's helper functions an XDP program may call: asked of the verifier, one tiny program a helper.
// libbpf_probe_bpf_helper() and bpftool of libbpf 1.1 match the words of kernels before 6.14 only and call everything
// allowed on newer ones; they also cannot tell which helpers want a GPL-compatible license.
#include <bpf/bpf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <string.h>

#include <string>
#include <vector>

#include "addon.h"
#include "errors.h"
#include "fd.h"

namespace xdpw {

namespace {

/** far beyond __BPF_FUNC_MAX_ID of any kernel; the kernel's "invalid func" ends the search before */
constexpr uint32_t kLastId = 1024;

enum class Answer { kAllowed, kGplOnly, kRefused, kBeyond };

bool Says(const char* log, const char* words) { return strstr(log, words) != nullptr; }

/** A call of the helper with whatever the registers hold, and return: mostly rejected, and the words say at which check. */
Answer Ask(uint32_t id) {
  bpf_insn program[2] = {};
  program[0].code = BPF_JMP | BPF_CALL;
  program[0].imm = static_cast<int32_t>(id);
  program[1].code = BPF_JMP | BPF_EXIT;
  char log[4096] = {};
  LIBBPF_OPTS(bpf_prog_load_opts, options);
  options.expected_attach_type = BPF_XDP;
  options.log_level = 1;
  options.log_buf = log;
  options.log_size = sizeof(log);
  // Without a license: the check of it comes after the check of the program's type (kernel/bpf/verifier.c,
  // check_helper_call).
  Fd fd(bpf_prog_load(BPF_PROG_TYPE_XDP, "probe", "", program, 2, &options));
  if (fd.Open()) return Answer::kAllowed;
  int error = errno;
  if (Says(log, "invalid func ")) return Answer::kBeyond;
  if (Says(log, "unknown func ") || Says(log, "cannot use helper ")) return Answer::kRefused;
  if (Says(log, "GPL-restricted") || Says(log, "GPL only")) return Answer::kGplOnly;
  // nothing said at all: it did not come to the verifier
  if (log[0] == '\0') throw Failure("BPF_PROG_LOAD", "probe of helper " + std::to_string(id), error);
  return Answer::kAllowed;
}

Napi::Value XdpHelpers(const Napi::CallbackInfo& info) {
  std::vector<uint32_t> allowed;
  std::vector<uint32_t> gplOnly;
  uint32_t last = 0;
  for (uint32_t id = 1; id <= kLastId; id++) {
    Answer answer = Ask(id);
    if (answer == Answer::kBeyond) break;
    last = id;
    if (answer == Answer::kAllowed || answer == Answer::kGplOnly) allowed.push_back(id);
    if (answer == Answer::kGplOnly) gplOnly.push_back(id);
  }
  Napi::Env env = info.Env();
  auto list = [&](const std::vector<uint32_t>& ids) {
    auto array = Napi::Array::New(env, ids.size());
    for (size_t index = 0; index < ids.size(); index++) array.Set(static_cast<uint32_t>(index), ids[index]);
    return array;
  };
  auto found = Napi::Object::New(env);
  found.Set("allowed", list(allowed));
  found.Set("gplOnly", list(gplOnly));
  found.Set("last", last);
  return found;
}

}  // namespace

void RegisterHelpers(Napi::Object exports) { Export<XdpHelpers>(exports, "xdpHelpers"); }

}  // namespace xdpw
