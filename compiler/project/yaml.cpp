#include "project/yaml.h"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <sstream>

#include "project/diagnostics.h"

namespace pipec::project::yaml {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr size_t kDeepest = 50;

// Thrown out of the library's calls where going on makes no sense.
struct Refused {
  uint32_t offset;
  std::string message;
};

class TreeBuilder : public YAML::EventHandler {
 public:
  /// `skipped` bytes of the text were not given to the library, which therefore counts from behind them.
  TreeBuilder(std::string_view text, size_t skipped, Symbol file, Sink& sink)
      : text_(text), skipped_(skipped), file_(file), sink_(sink) {}

  Node take() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    add(new_node(Node::Kind::Null, mark, "", anchor));
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    throw Refused{offset(mark), "pipec.yaml may not use aliases (`*name`)"};
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    Node node = new_node(Node::Kind::Scalar, mark, tag, anchor);
    node.quoted = tag == "!";
    node.text = value;
    node.span.end = end_of_scalar(node);
    bool is_null =
        !node.quoted && (value.empty() || value == "~" || value == "null" || value == "Null" || value == "NULL");
    if (is_null) node.kind = Node::Kind::Null;
    add(std::move(node));
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(new_node(Node::Kind::List, mark, tag, anchor));
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(new_node(Node::Kind::Map, mark, tag, anchor));
  }
  void OnMapEnd() override { close(); }

 private:
  struct Open {
    Node node;
    std::optional<Node> key;  // of a map: read, its value is not
  };

  uint32_t offset(const YAML::Mark& mark) const {
    size_t counted = skipped_ + static_cast<size_t>(std::max(mark.pos, 0));
    return static_cast<uint32_t>(std::min(counted, text_.size()));
  }

  Node new_node(Node::Kind kind, const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) const {
    Node node;
    node.kind = kind;
    node.span = {offset(mark), offset(mark)};
    if (kind == Node::Kind::List || kind == Node::Kind::Map) {
      node.span.end = std::min<uint32_t>(node.span.begin + 1, static_cast<uint32_t>(text_.size()));
    }
    if (anchor != 0) throw Refused{node.span.begin, "pipec.yaml may not use anchors (`&name`)"};
    if (!tag.empty() && tag != "?" && tag != "!")
      throw Refused{node.span.begin, "pipec.yaml may not use tags (`!name`)"};
    return node;
  }

  // The library tells only where a scalar begins.
  uint32_t end_of_scalar(const Node& node) const {
    size_t begin = node.span.begin, line_end = std::min(text_.find('\n', begin), text_.size());
    char quote = begin < text_.size() ? text_[begin] : ' ';
    if (node.quoted && (quote == '"' || quote == '\'')) {
      for (size_t at = begin + 1; at < text_.size(); ++at) {
        if (quote == '"' && text_[at] == '\\') {
          ++at;
        } else if (text_[at] == quote) {
          if (quote == '"' || at + 1 == text_.size() || text_[at + 1] != '\'') return static_cast<uint32_t>(at + 1);
          ++at;
        }
      }
    }
    if (text_.substr(begin, node.text.size()) == node.text) return static_cast<uint32_t>(begin + node.text.size());
    return static_cast<uint32_t>(line_end);  // a block scalar, or one folded over lines: its first line
  }

  void open(Node node) {
    if (open_.size() == kDeepest) throw Refused{node.span.begin, "pipec.yaml is nested too deep"};
    open_.push_back({std::move(node), std::nullopt});
  }

  void close() {
    Node node = std::move(open_.back().node);
    open_.pop_back();
    add(std::move(node));
  }

  void add(Node node) {
    if (open_.empty()) {
      root_ = std::move(node);
      return;
    }
    Open& parent = open_.back();
    if (parent.node.kind == Node::Kind::List) {
      parent.node.items.push_back(std::move(node));
    } else if (!parent.key) {
      if (node.kind != Node::Kind::Scalar) throw Refused{node.span.begin, "a key must be a word"};
      parent.key = std::move(node);
    } else {
      add_member(parent.node, std::move(*parent.key), std::move(node));
      parent.key.reset();
    }
  }

  void add_member(Node& map, Node key, Node value) {
    for (const auto& [known, ignored] : map.members) {
      if (known.text == key.text) {
        sink_
            .report(diag::DuplicateKey, Place::in_file(file_, key.span),
                    fmt::format("the key `{}` stands twice", key.text))
            .label(Place::in_file(file_, known.span), "first here");
        return;
      }
    }
    map.members.emplace_back(std::move(key), std::move(value));
  }

  std::string_view text_;
  size_t skipped_;
  Symbol file_;
  Sink& sink_;
  Node root_;
  std::vector<Open> open_;
};

}  // namespace

std::optional<Node> parse(std::string_view text, Symbol file, Sink& sink) {
  auto refuse = [&](size_t offset, std::string message) {
    auto begin = static_cast<uint32_t>(std::min(offset, text.size()));
    sink.report(diag::MalformedConfig, Place::in_file(file, {begin, begin}), std::move(message));
    return std::nullopt;
  };
  if (auto bad = find_bad_byte(text)) {
    return refuse(*bad, "pipec.yaml is no UTF-8 text");
  }
  size_t skipped = text.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0;
  TreeBuilder builder(text, skipped, file, sink);
  try {
    std::istringstream stream{std::string(text.substr(skipped))};
    YAML::Parser parser(stream);
    if (!parser.HandleNextDocument(builder)) return Node{};
    Sink ignored;
    TreeBuilder second({}, 0, file, ignored);
    if (parser.HandleNextDocument(second)) return refuse(text.find("\n---") + 1, "pipec.yaml holds a second document");
  } catch (const Refused& refused) {
    return refuse(refused.offset, refused.message);
  } catch (const YAML::Exception& error) {
    return refuse(skipped + static_cast<size_t>(std::max(error.mark.pos, 0)),
                  fmt::format("pipec.yaml is no well-formed YAML: {}", error.msg));
  }
  return builder.take();
}

}  // namespace pipec::project::yaml
