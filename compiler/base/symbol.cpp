#include "base/symbol.h"

#include <atomic>
#include <cstring>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

namespace pipec {
namespace {

struct Entry {
  std::string_view text;
  std::atomic<uint32_t> folded{0};  // 0: not worked out yet
};

constexpr uint32_t kShardBits = 4;
constexpr uint32_t kShards = 1u << kShardBits;
constexpr uint32_t kChunkBits = 12;
constexpr uint32_t kChunkSize = 1u << kChunkBits;
constexpr uint32_t kMaxChunks = 1u << (32 - kShardBits - kChunkBits);

// Entries never move, so a reader needs no lock: id -> chunk -> entry.
struct Shard {
  std::mutex mutex;
  std::unordered_map<std::string_view, uint32_t> ids;
  std::unique_ptr<std::atomic<Entry*>[]> chunks{new std::atomic<Entry*>[kMaxChunks]()};
  std::deque<std::unique_ptr<Entry[]>> owned;
  std::deque<std::unique_ptr<char[]>> pages;
  size_t page_left = 0;
  char* page_next = nullptr;
  uint32_t count = 0;

  std::string_view keep(std::string_view text) {
    constexpr size_t kPage = 64 * 1024;
    if (text.size() > page_left) {
      size_t size = text.size() > kPage ? text.size() : kPage;
      pages.emplace_back(new char[size]);
      page_next = pages.back().get();
      page_left = size;
    }
    std::memcpy(page_next, text.data(), text.size());
    std::string_view kept(page_next, text.size());
    page_next += text.size();
    page_left -= text.size();
    return kept;
  }

  Entry& add() {
    if ((count & (kChunkSize - 1)) == 0) {
      owned.emplace_back(new Entry[kChunkSize]);
      chunks[count >> kChunkBits].store(owned.back().get(), std::memory_order_release);
    }
    return owned.back()[count++ & (kChunkSize - 1)];
  }
};

struct Interner {
  Shard shards[kShards];

  Interner() {  // id 0, shard 0: the empty text
    Entry& entry = shards[0].add();
    entry.text = "";
    shards[0].ids.emplace(entry.text, 0);
  }

  uint32_t intern(std::string_view text) {
    if (text.empty()) return 0;
    uint32_t shard_number = std::hash<std::string_view>{}(text) & (kShards - 1);
    Shard& shard = shards[shard_number];
    std::lock_guard lock(shard.mutex);
    auto found = shard.ids.find(text);
    if (found != shard.ids.end()) return found->second;
    uint32_t id = (shard.count << kShardBits) | shard_number;
    Entry& entry = shard.add();
    entry.text = shard.keep(text);
    shard.ids.emplace(entry.text, id);
    return id;
  }

  Entry& entry(uint32_t id) {
    uint32_t index = id >> kShardBits;
    Entry* chunk = shards[id & (kShards - 1)].chunks[index >> kChunkBits].load(std::memory_order_acquire);
    return chunk[index & (kChunkSize - 1)];
  }
};

Interner& interner() {
  static Interner* instance = new Interner;  // never destroyed: symbols outlive static objects
  return *instance;
}

}  // namespace

Symbol Symbol::of(std::string_view text) {
  Symbol symbol;
  symbol.value = interner().intern(text);
  return symbol;
}

std::string_view Symbol::text() const {
  return interner().entry(value).text;
}

Symbol Symbol::folded() const {
  if (value == 0) return *this;
  Entry& entry = interner().entry(value);
  Symbol result;
  result.value = entry.folded.load(std::memory_order_acquire);
  if (result.value != 0) return result;
  std::string lower(entry.text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c += 'a' - 'A';
  }
  result = Symbol::of(lower);
  entry.folded.store(result.value, std::memory_order_release);
  return result;
}

Symbol qualified(Symbol schema, Symbol name) {
  if (schema.empty()) return name;
  std::string joined(schema.text());
  joined += '.';
  joined += name.text();
  return Symbol::of(joined);
}

}  // namespace pipec
