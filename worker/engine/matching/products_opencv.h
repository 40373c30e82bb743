// Products of all rows of one matrix with all rows of another; for this module's sources only.
#ifndef INTERNEG_WORKER_ENGINE_MATCHING_PRODUCTS_OPENCV_H_
#define INTERNEG_WORKER_ENGINE_MATCHING_PRODUCTS_OPENCV_H_

#include <opencv2/core.hpp>

namespace interneg::matching {

// a · bᵀ: a.rows × b.rows dot products of rows of equal length. Debian's OpenCV hands its own products of this size to
// the reference BLAS, which takes twenty times as long. Sums are formed in one fixed order.
cv::Mat1f RowProducts(const cv::Mat1f& a, const cv::Mat1f& b);

// |a_i|² + |b_j|² − 2 a_i·b_j, at least 0, for all rows i of a and j of b.
cv::Mat1f SquaredDistances(const cv::Mat1f& a, const cv::Mat1f& b);

// Orthonormal principal directions of the rows (centred by the caller), the strongest first, at most `most`, by the
// eigenvectors of their Gram matrix; those with less than `least_share` of the strongest one's energy are left out.
cv::Mat1f PrincipalDirections(const cv::Mat1f& rows, int most, double least_share);

}  // namespace interneg::matching

#endif  // INTERNEG_WORKER_ENGINE_MATCHING_PRODUCTS_OPENCV_H_
