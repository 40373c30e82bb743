#include "worker/engine/jobs/nuke_script.h"

#include <string_view>

namespace interneg::jobs {
namespace {

// What Tcl reads within quotation marks as more than itself.
std::string Quoted(std::string_view text) {
  constexpr std::string_view kSpecial = "\"\\$[]{}";
  std::string out = "\"";
  for (const char c : text) {
    if (kSpecial.find(c) != std::string_view::npos) out += '\\';
    if (c == '\n') {
      out += "\\n";
    } else {
      out += c;
    }
  }
  return out + "\"";
}

// File knobs take Tcl expressions; the brackets stay what they are.
std::string BesideTheScript(const std::string& name, const char* ending) {
  const std::string quoted = Quoted(name + ending);
  return "\"\\[file dirname \\[value root.name]]/" + quoted.substr(1);
}

}  // namespace

std::string NukeScript(const NukeModel& model) {
  std::string text;
  text += "CatFileCreator {\n";
  text += " inputs 0\n";
  text += " torchScriptFile " + BesideTheScript(model.name, ".pt") + "\n";
  text += " catFile " + BesideTheScript(model.name, ".cat") + "\n";
  text += " channelsIn \"rgba.red, rgba.green, rgba.blue\"\n";
  text += " channelsOut \"rgba.red, rgba.green, rgba.blue\"\n";
  text += " modelId " + Quoted(model.model_id) + "\n";
  text += " name CatFileCreator_Interneg\n";
  text += " label " + Quoted(model.description) + "\n";
  text += "}\n";
  return text;
}

}  // namespace interneg::jobs
