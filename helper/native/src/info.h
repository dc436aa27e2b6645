#pragma once
#include <bpf/bpf.h>
#include <errno.h>
#include <napi.h>

#include <string>

#include "errors.h"

namespace xdpw {

/** BPF_OBJ_GET_INFO_BY_FD without any of the arrays. Parts that the kernel does not know stay zero. */
template <typename Info>
Info ReadInfo(int fd, const std::string& what) {
  Info info = {};
  uint32_t size = sizeof(info);
  if (bpf_obj_get_info_by_fd(fd, &info, &size)) throw Failure("BPF_OBJ_GET_INFO_BY_FD", what, errno);
  return info;
}

/** The MapInfo of map-face.ts. */
Napi::Object DescribeMap(Napi::Env env, const bpf_map_info& info);

}  // namespace xdpw
