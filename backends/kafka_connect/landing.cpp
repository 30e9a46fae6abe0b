#include "kafka_connect/landing.h"

namespace pipec::backend::kafka_connect {

namespace {

std::string_view without_slashes(std::string_view text) {
  while (text.ends_with('/')) text.remove_suffix(1);
  return text;
}

std::optional<Landing> folder(std::string_view rest) {
  if (rest.starts_with("///")) rest.remove_prefix(2);
  if (!rest.starts_with('/') || rest.starts_with("//")) return std::nullopt;  // relative, or on another host
  return Landing{Landing::Kind::Folder, std::string(without_slashes(rest)), {}, {}, {}};
}

std::optional<Landing> s3(std::string_view rest) {
  const size_t slash = rest.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const std::string_view path = without_slashes(rest.substr(slash + 1));
  // The sink has another folder of its own where it is told of none.
  if (slash == 0 || path.empty() || path.starts_with('/')) return std::nullopt;
  return Landing{Landing::Kind::S3, {}, std::string(rest.substr(0, slash)), {}, std::string(path)};
}

/// The managed sink makes what it calls its folder a container, so that there is no path below one.
std::optional<Landing> adls(std::string_view rest) {
  constexpr std::string_view kHost = ".dfs.core.windows.net";
  rest = without_slashes(rest);
  const size_t at = rest.find('@');
  if (at == std::string_view::npos || at == 0 || !rest.ends_with(kHost)) return std::nullopt;
  const std::string_view account = rest.substr(at + 1, rest.size() - kHost.size() - at - 1);
  if (account.empty() || account.find_first_of("/.@") != std::string_view::npos) return std::nullopt;
  return Landing{Landing::Kind::Adls, {}, std::string(rest.substr(0, at)), std::string(account), {}};
}

}  // namespace

std::optional<Landing> landing_of(std::string_view uri) {
  auto after = [&](std::string_view scheme) {
    return uri.starts_with(scheme) ? std::optional(uri.substr(scheme.size())) : std::nullopt;
  };
  if (auto rest = after("file:")) return folder(*rest);
  if (auto rest = after("s3://")) return s3(*rest);
  if (auto rest = after("abfss://")) return adls(*rest);
  return std::nullopt;
}

}  // namespace pipec::backend::kafka_connect
