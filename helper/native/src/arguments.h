#pragma once
#include <napi.h>

#include <cstdint>
#include <optional>
#include <string>

namespace xdpw {

/** Borrowed from a Buffer: valid until the call returns. */
struct Bytes {
  uint8_t* data;
  size_t size;
};

/** Each throws a TypeError that names the argument. */
uint32_t ToUint32(const Napi::Value& value, const char* name);
int ToFd(const Napi::Value& value, const char* name);
/** a whole number from 0 to 2^53 - 1 */
uint64_t ToCount(const Napi::Value& value, const char* name);
bool ToBool(const Napi::Value& value, const char* name);
/** without NUL bytes, which the kernel would take as the end */
std::string ToText(const Napi::Value& value, const char* name);
std::optional<std::string> ToTextOrNull(const Napi::Value& value, const char* name);
Bytes ToBytes(const Napi::Value& value, const char* name);
Napi::Object ToObject(const Napi::Value& value, const char* name);
Napi::Array ToArray(const Napi::Value& value, const char* name);
Napi::Function ToFunction(const Napi::Value& value, const char* name);

}  // namespace xdpw
