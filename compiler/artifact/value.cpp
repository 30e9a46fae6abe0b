#include "artifact/document.h"

namespace pipec {

Value& Value::set(std::string key, Value value) {
  if (data_.index() == 0) data_ = Object();
  for (auto& [name, member] : std::get<Object>(data_)) {
    if (name == key) {
      member = std::move(value);
      return *this;
    }
  }
  return add(std::move(key), std::move(value));
}

Value& Value::add(std::string key, Value value) {
  if (data_.index() == 0) data_ = Object();
  std::get<Object>(data_).emplace_back(std::move(key), std::move(value));
  return *this;
}

Value& Value::push(Value value) {
  if (data_.index() == 0) data_ = Array();
  std::get<Array>(data_).push_back(std::move(value));
  return *this;
}

const Value* Value::find(std::string_view key) const {
  if (const Object* object = members()) {
    for (const auto& [name, member] : *object) {
      if (name == key) return &member;
    }
  }
  return nullptr;
}

}  // namespace pipec
