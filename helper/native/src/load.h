#pragma once
#include <bpf/libbpf.h>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "stop.h"

namespace xdpw {

struct CloseObject {
  void operator()(bpf_object* object) const { bpf_object__close(object); }
};
using ObjectPointer = std::unique_ptr<bpf_object, CloseObject>;

/** Throws Failure where the bytes are no BPF object. Needs no privilege. The bytes must outlive the load. */
ObjectPointer OpenObject(const void* bytes, size_t size, const std::string& name);

/** LoadOptions of face.ts. */
struct LoadRequest {
  std::vector<uint8_t> bytes;
  std::string name;
  std::string program;
  bool asXdp = false;
  bool asInterface = false;
  bool pinMaps = false;
  std::optional<std::string> netns;
  std::optional<uint32_t> offloadIfindex;
  uint32_t logLevel = 0;
  std::map<std::string, uint32_t> reuseMaps;
  std::map<std::string, uint32_t> maxEntries;
  std::map<std::string, std::vector<uint8_t>> sections;
  /** null where nobody can stop it */
  std::shared_ptr<Stop> stop;
};

/** A program that the kernel accepted; the object owns the descriptors. */
struct Loaded {
  struct Map {
    std::string name;
    uint32_t id;
  };
  ObjectPointer object;
  std::string log;
  std::string libbpf;
  int programFd = -1;
  uint32_t programId = 0;
  std::vector<Map> maps;
};

/**
 * Opens and loads one program on the calling thread, as often as it takes to have the whole log. Throws Failure, with
 * ECANCELED where it was stopped.
 */
Loaded LoadProgram(const LoadRequest& request);

}  // namespace xdpw
