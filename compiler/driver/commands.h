// One function a command, free of the terminal: a request in, an exit code and two texts out. Exit codes: 0 fine, 1
// findings, 64 wrong use, 70 our own fault, 74 input or output failed.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace pipec::driver {

struct CommandResult {
  int exit_code = 0;
  std::string out;  // the result
  std::string err;  // diagnostics for people
};

struct ProjectRequest {
  std::string project = ".";
  std::string target;                            // empty: the first of pipec.yaml
  std::map<std::string, std::string> variables;  // of --var
  std::vector<std::string> deny;                 // codes of warnings that are errors in this run, or "warnings"
  unsigned jobs = 1;
  bool color = false;  // of err
};

struct BuildRequest : ProjectRequest {
  std::string out;  // empty: <project>/dist; the artifacts lie in <out>/<target>
  bool check = false;
  bool force = false;
};
CommandResult run_build(const BuildRequest& request);

enum class ReportFormat { Human, Json, Sarif, Github };
struct CheckRequest : ProjectRequest {
  ReportFormat format = ReportFormat::Human;
  bool fix = false;     // first mend what has a certain fix
  std::string version;  // of pipec, for SARIF
};
CommandResult run_check(const CheckRequest& request);

enum class LineageFormat { Text, Json, Mermaid, OpenLineage };
struct LineageRequest : ProjectRequest {
  std::string name;  // "gold.x" or "gold.x.column"; empty: every edge
  std::string to;    // what lies between the two; empty: nothing
  bool nodes = false;
  std::string time = "1970-01-01T00:00:00Z";  // of OpenLineage's events
  bool upstream = true, downstream = true;
  LineageFormat format = LineageFormat::Text;
};
CommandResult run_lineage(const LineageRequest& request);

struct FmtRequest {
  std::vector<std::string> paths;    // folders and files
  std::optional<std::string> input;  // formatted in place of files, to `out`
  bool check = false;                // write nothing, name the files that are not formatted
  bool diff = false;                 // write nothing, show what would change
  bool color = false;
};
CommandResult run_fmt(const FmtRequest& request);

/// The page of a code.
CommandResult run_explain(const std::string& code);

}  // namespace pipec::driver
