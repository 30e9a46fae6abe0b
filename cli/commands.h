// The command line's commands, a file each: options into a request, the driver's result kept for main.
#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>
#include <vector>

#include "driver/commands.h"

namespace pipec::cli {

inline constexpr int kFine = 0;
inline constexpr int kWrongUse = 64;
inline constexpr int kInternalError = 70;
inline constexpr int kInputOutputFailed = 74;

void add_build(CLI::App& app, driver::CommandResult& result);
void add_check(CLI::App& app, driver::CommandResult& result);
void add_explain(CLI::App& app, driver::CommandResult& result);
void add_fmt(CLI::App& app, driver::CommandResult& result);
void add_lineage(CLI::App& app, driver::CommandResult& result);

/// PROJECT, --target, --var and --jobs, which several commands have.
class ProjectOptions {
 public:
  ProjectOptions(CLI::App& command, driver::ProjectRequest& request);
  /// After parsing: takes the variables apart, looks at the terminal.
  void finish();

 private:
  driver::ProjectRequest& request_;
  std::vector<std::string> variables_;
};

}  // namespace pipec::cli
