#include <algorithm>
#include <cmath>

#include "worker/engine/model/unet_torch.h"

namespace interneg::model {
namespace {

// Channels double at each level, up to eight times the width.
int Channels(int width, int level) {
  return width * std::min(1 << level, 8);
}

void Name(std::vector<NamedTensor>& out, const std::string& name, Convolution& convolution) {
  out.push_back({name + ".weight", &convolution.weight});
  out.push_back({name + ".bias", &convolution.bias});
}

struct Count {
  double macs = 0;  // per input pixel
  std::int64_t parameters = 0;

  void Add(int in, int out, int kernel, int level) {
    const auto weights = static_cast<std::int64_t>(in) * out * kernel * kernel;
    macs += static_cast<double>(weights) / std::pow(4.0, level);
    parameters += weights + out;
  }
};

Count CountOf(const UNet::Shape& shape) {
  Count count;
  const auto pair = [&](int in, int out, int level) {
    count.Add(in, out, 3, level);
    count.Add(out, out, 3, level);
  };
  pair(shape.in, shape.width, 0);
  for (int i = 0; i < shape.levels; ++i) {
    const int fine = Channels(shape.width, i), coarse = Channels(shape.width, i + 1);
    pair(fine, coarse, i + 1);
    count.Add(coarse, fine, 1, i + 1);
    pair(2 * fine, fine, i);
  }
  count.Add(shape.width, shape.out, 3, 0);
  return count;
}

}  // namespace

Convolution MakeConvolution(int in, int out, int kernel, Start start, at::Generator& random) {
  const auto options = at::TensorOptions().dtype(at::kFloat);
  Convolution convolution{at::zeros({out, in, kernel, kernel}, options), at::zeros({out}, options)};
  if (start == Start::kUniform) {
    const double bound = std::sqrt(6.0 / (static_cast<double>(in) * kernel * kernel));
    convolution.weight.uniform_(-bound, bound, random);
    convolution.bias.uniform_(-bound, bound, random);
  }
  return convolution;
}

at::Tensor Convolve(const at::Tensor& x, const Convolution& convolution, at::ScalarType compute) {
  const int padding = static_cast<int>(convolution.weight.size(2) / 2);
  const auto weight = convolution.weight.to(compute).contiguous(at::MemoryFormat::ChannelsLast);
  return at::conv2d(x, weight, convolution.bias.to(compute), 1, padding);
}

UNet::Pair UNet::MakePair(int in, int out, at::Generator& random) {
  Convolution first = MakeConvolution(in, out, 3, Start::kUniform, random);
  return {std::move(first), MakeConvolution(out, out, 3, Start::kUniform, random)};
}

UNet::UNet(const Shape& shape, at::Generator& random) : shape_(shape), enter_(MakePair(shape.in, shape.width, random)) {
  for (int i = 0; i < shape.levels; ++i) {
    const int fine = Channels(shape.width, i), coarse = Channels(shape.width, i + 1);
    down_.push_back(MakePair(fine, coarse, random));
    up_.push_back(MakeConvolution(coarse, fine, 1, Start::kUniform, random));
    merge_.push_back(MakePair(2 * fine, fine, random));
  }
  last_ = MakeConvolution(shape.width, shape.out, 3, Start::kZero, random);
}

at::Tensor UNet::ForwardPair(const at::Tensor& x, const Pair& pair, at::ScalarType compute) {
  return Convolve(Convolve(x, pair.first, compute).relu_(), pair.second, compute).relu_();
}

at::Tensor UNet::Forward(const at::Tensor& x_nchw, at::ScalarType compute) const {
  std::vector<at::Tensor> skips;
  skips.push_back(ForwardPair(x_nchw.to(compute).contiguous(at::MemoryFormat::ChannelsLast), enter_, compute));
  for (const Pair& pair : down_) skips.push_back(ForwardPair(at::max_pool2d(skips.back(), 2), pair, compute));
  at::Tensor y = skips.back();
  for (int i = shape_.levels - 1; i >= 0; --i) {
    const at::Tensor& skip = skips[i];
    const at::Tensor grown = at::upsample_nearest2d(Convolve(y, up_[i], compute), {skip.size(2), skip.size(3)});
    y = ForwardPair(at::cat({skip, grown}, 1), merge_[i], compute);
  }
  return Convolve(y, last_, compute).to(at::kFloat);
}

std::vector<NamedTensor> UNet::Parameters(const std::string& prefix) {
  std::vector<NamedTensor> out;
  const auto pair = [&](const std::string& name, Pair& value) {
    Name(out, prefix + name + ".0", value.first);
    Name(out, prefix + name + ".1", value.second);
  };
  pair("enter", enter_);
  for (std::size_t i = 0; i < down_.size(); ++i) {
    pair("down." + std::to_string(i), down_[i]);
    Name(out, prefix + "up." + std::to_string(i), up_[i]);
    pair("merge." + std::to_string(i), merge_[i]);
  }
  Name(out, prefix + "last", last_);
  return out;
}

double UNet::MacsPerPixel(const Shape& shape) {
  return CountOf(shape).macs;
}

std::int64_t UNet::ParameterCount(const Shape& shape) {
  return CountOf(shape).parameters;
}

int UNet::Reach_px(int levels) {
  // Two 3×3 convolutions reach 2 pixels of their level; all levels but the coarsest have two such pairs. Pooling and
  // growing snap to blocks of 2^levels, which adds less than one block each way. The last convolution adds 1.
  int reach = 1;
  for (int level = 0; level < levels; ++level) reach += 4 << level;
  return reach + (2 << levels) + 2 * ((1 << levels) - 1);
}

}  // namespace interneg::model
