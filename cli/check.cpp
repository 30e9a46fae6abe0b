#include "commands.h"

namespace pipec::cli {

void add_check(CLI::App& app, driver::CommandResult& result) {
  using driver::ReportFormat;
  CLI::App* command = app.add_subcommand("check", "Report every error and warning; write nothing");
  auto request = std::make_shared<driver::CheckRequest>();
  auto options = std::make_shared<ProjectOptions>(*command, *request);
  auto format = std::make_shared<std::string>("human");
  const std::map<std::string, ReportFormat> formats = {{"human", ReportFormat::Human},
                                                       {"json", ReportFormat::Json},
                                                       {"sarif", ReportFormat::Sarif},
                                                       {"github", ReportFormat::Github}};
  command->add_option("--format", *format, "human (to stderr); json, sarif or github (to stdout)")
      ->check(CLI::IsMember({"human", "json", "sarif", "github"}))
      ->capture_default_str();
  command->add_flag("--fix", request->fix, "First write the fixes that are certain into the specification");
  command->callback([request, options, format, formats, &result] {
    options->finish();
    request->format = formats.at(*format);
    request->version = PIPEC_VERSION;
    result = driver::run_check(*request);
  });
}

}  // namespace pipec::cli
