#include "commands.h"

namespace pipec::cli {

void add_check(CLI::App& app, driver::CommandResult& result) {
  CLI::App* command = app.add_subcommand("check", "Report every error and warning; write nothing");
  auto request = std::make_shared<driver::CheckRequest>();
  auto options = std::make_shared<ProjectOptions>(*command, *request);
  auto format = std::make_shared<std::string>("human");
  command->add_option("--format", *format, "human (to stderr) or json (to stdout)")
      ->check(CLI::IsMember({"human", "json"}))
      ->capture_default_str();
  command->callback([request, options, format, &result] {
    options->finish();
    request->format = *format == "json" ? driver::ReportFormat::Json : driver::ReportFormat::Human;
    result = driver::run_check(*request);
  });
}

}  // namespace pipec::cli
