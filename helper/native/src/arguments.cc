#include "arguments.h"

#include <climits>
#include <cmath>

namespace xdpw {

namespace {

Napi::TypeError Wrong(const Napi::Value& value, const char* name, const char* wanted) {
  return Napi::TypeError::New(value.Env(), std::string("argument ") + name + " must be " + wanted);
}

double WholeNumber(const Napi::Value& value, const char* name, double limit, const char* wanted) {
  if (!value.IsNumber()) throw Wrong(value, name, wanted);
  double number = value.As<Napi::Number>().DoubleValue();
  if (!(number >= 0 && number <= limit) || std::floor(number) != number) throw Wrong(value, name, wanted);
  return number;
}

}  // namespace

uint32_t ToUint32(const Napi::Value& value, const char* name) {
  return static_cast<uint32_t>(WholeNumber(value, name, UINT32_MAX, "a whole number of 32 bits"));
}

int ToFd(const Napi::Value& value, const char* name) {
  return static_cast<int>(WholeNumber(value, name, INT_MAX, "a file descriptor"));
}

uint64_t ToCount(const Napi::Value& value, const char* name) {
  return static_cast<uint64_t>(WholeNumber(value, name, 9007199254740991.0, "a whole number"));
}

bool ToBool(const Napi::Value& value, const char* name) {
  if (!value.IsBoolean()) throw Wrong(value, name, "a boolean");
  return value.As<Napi::Boolean>().Value();
}

std::string ToText(const Napi::Value& value, const char* name) {
  if (!value.IsString()) throw Wrong(value, name, "a string");
  std::string text = value.As<Napi::String>().Utf8Value();
  if (text.find('\0') != std::string::npos) throw Wrong(value, name, "a string without NUL");
  return text;
}

std::optional<std::string> ToTextOrNull(const Napi::Value& value, const char* name) {
  if (value.IsNull()) return std::nullopt;
  return ToText(value, name);
}

Bytes ToBytes(const Napi::Value& value, const char* name) {
  if (!value.IsTypedArray()) throw Wrong(value, name, "a Buffer");
  auto array = value.As<Napi::TypedArray>();
  if (array.TypedArrayType() != napi_uint8_array) throw Wrong(value, name, "a Buffer");
  auto bytes = value.As<Napi::Uint8Array>();
  return {bytes.Data(), bytes.ByteLength()};
}

Napi::Object ToObject(const Napi::Value& value, const char* name) {
  if (!value.IsObject()) throw Wrong(value, name, "an object");
  return value.As<Napi::Object>();
}

Napi::Array ToArray(const Napi::Value& value, const char* name) {
  if (!value.IsArray()) throw Wrong(value, name, "an array");
  return value.As<Napi::Array>();
}

Napi::Function ToFunction(const Napi::Value& value, const char* name) {
  if (!value.IsFunction()) throw Wrong(value, name, "a function");
  return value.As<Napi::Function>();
}

}  // namespace xdpw
