// A network as a list of operations on planes: the one form that is computed, measured, printed and exported.
//
// Graphs are built from a description (correction_graph.h, whole_graph.h) and only read afterwards. Plain values: who
// computes one with LibTorch (network_torch.h), writes it as TorchScript (torch_script.h) or as ONNX
// (worker/onnx_export) walks the nodes from first to last.
#ifndef INTERNEG_WORKER_ENGINE_MODEL_NETWORK_GRAPH_H_
#define INTERNEG_WORKER_ENGINE_MODEL_NETWORK_GRAPH_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace interneg::model {

// x is the first input. Planes of one value have one size; elementwise operations spread a single plane over all.
enum class Op {
  kInput,        // what the caller gives
  kConstant,     // `values`, one for each channel, everywhere
  kPlaces,       // x's centres in the frame as two planes, from −1 at the left and upper edge to 1; limited to that
  kRepeatEdges,  // the last row and column repeated until both sides are multiples of `size`
  kCropTo,       // the upper left of x, as large as the second input
  kEnter,        // into the precision that is computed in
  kLeave,        // back to float32
  kConvolution,  // `size`²; stride 1 and zeros around it, or where `halves` stride `size` without; parameters weight,
                 // bias
  kScale,        // each channel times a parameter
  kRelu,
  kTanh,
  kAbsolute,
  kExp,
  kLog,  // natural
  kMaxPool,      // `size` × `size` → 1
  kAveragePool,  // the same
  kSmooth,       // mean over ± `size` pixels, edges repeated
  kGrowNearest,  // 1 → `size` × `size`
  kGrowLinear,   // the same, between centres; beyond the outer centres the outer one counts
  kShuffle,      // `size`² channels → `size` × `size` pixels (Shi et al. 2016)
  kConcatenate,  // of all inputs
  kTake,         // channels from `size` on
  kAdd,
  kSubtract,
  kMultiply,
  kDivide,
  kMinimum,
  kMaximum,
  kSlice,  // BilateralSlice of a grid (x) at the planes of the second input; parameters w1, b1, w2, b2 of its guide
};
std::string_view NameOf(Op op);

// What fresh weights are: uniform within ±√(6 / fan in) before rectifiers (He et al. 2015), within ±√(3 / fan in) where
// nothing halves the signal, or zero. kFixed ones are part of the description and not learnt.
enum class Start { kRectified, kLinear, kZero, kFixed };

struct Parameter {
  std::string name;
  std::vector<std::int64_t> shape;
  Start start = Start::kZero;
  int fan_in = 1;
  std::vector<float> values;  // kFixed only, row-major

  std::int64_t count() const;
};

struct Node {
  Op op = Op::kInput;
  std::vector<int> inputs;  // indices of earlier nodes
  int channels = 0;
  int stride_px = 1;   // pixels of the frame a side that one sample stands for
  int parameter = -1;  // index of the first
  int size = 0;        // see Op
  int groups = 1;      // kConvolution
  bool halves = false;
  std::vector<float> values;  // kConstant
};

struct NetworkGraph {
  std::vector<Node> nodes;            // the last is the output
  std::vector<Parameter> parameters;  // in the order of files and optimisers

  const Node& output() const { return nodes.back(); }
};

// Appends nodes. Shapes are kept; a wrong use of them throws std::logic_error.
class GraphBuilder {
 public:
  int Input(int channels);
  int Constant(std::vector<float> values);
  // Names a convolution's weight and bias (name + ".weight", name + ".bias") or a kScale's parameter; the order of
  // these calls is the order of the parameters.
  int DeclareConvolution(const std::string& name, int in, int out, int kernel, Start start, int groups = 1);
  int DeclareScale(const std::string& name, int channels);
  int Declare(Parameter parameter);

  int Convolution(int x, int parameter);
  int HalvingConvolution(int x, int parameter);
  int Scale(int x, int parameter);
  int Slice(int grid, int planes, int parameter, int factor);
  // Operations that need nothing but their inputs and `size`.
  int Apply(Op op, std::vector<int> inputs, int size = 0);
  // Channels [first, first + count) of x.
  int Take(int x, int first, int count);

  const Node& at(int node) const { return graph_.nodes.at(node); }
  NetworkGraph Finish() { return std::move(graph_); }

 private:
  int Append(Node node);

  NetworkGraph graph_;
};

// Pixels of the frame on each side of an output pixel that it may depend on.
int Reach_px(const NetworkGraph& graph);
// The coarsest stride: tiles that start on its multiples are divided as the frame is.
int CoarsestStride_px(const NetworkGraph& graph);
// Learnt numbers.
std::int64_t ParameterCount(const NetworkGraph& graph);
// Multiply-accumulates of convolutions and slices for one pixel of the frame: of one node, and of all.
double MacsPerPixel(const NetworkGraph& graph, const Node& node);
double MacsPerPixel(const NetworkGraph& graph);
// The most float32 values that are held at a time for one pixel of the frame, when values are let go after their last
// use.
double PeakValuesPerPixel(const NetworkGraph& graph);
// For each node the index of the last one that reads it; of the output, the number of nodes.
std::vector<int> LastUses(const NetworkGraph& graph);

}  // namespace interneg::model

#endif  // INTERNEG_WORKER_ENGINE_MODEL_NETWORK_GRAPH_H_
