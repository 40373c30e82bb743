// Products of all rows of one matrix with all rows of another; for this module's sources only.
#ifndef INTERNEG_WORKER_ENGINE_MATCHING_PRODUCTS_OPENCV_H_
#define INTERNEG_WORKER_ENGINE_MATCHING_PRODUCTS_OPENCV_H_

#include <opencv2/core.hpp>

namespace interneg::matching {

// a · bᵀ: a.rows × b.rows dot products of rows of equal length. Debian's OpenCV hands its own products of this size to
// the reference BLAS, which takes twenty times as long. Sums are formed in one fixed order.
cv::Mat1f RowProducts(const cv::Mat1f& a, const cv::Mat1f& b);

// rows · rowsᵀ.
cv::Mat1f GramMatrix(const cv::Mat1f& rows);

// The rows' coordinates along an orthonormal basis of the space that they span: as many rows, of as many numbers. Products,
// distances, means and principal directions of them are those of the rows themselves. The coordinates are the rows of the
// Cholesky factor of the Gram matrix; a row that lies in the span of those before it to 1e-5 of its energy is taken to.
// The rows as they are where they are more than half as many as they are long, and nothing would be won.
cv::Mat1f InOwnSpan(const cv::Mat1f& rows);

// |a_i|² + |b_j|² − 2 a_i·b_j, at least 0, for all rows i of a and j of b.
cv::Mat1f SquaredDistances(const cv::Mat1f& a, const cv::Mat1f& b);

// Orthonormal principal directions of the rows (centred by the caller), the strongest first, at most `most`, by the
// eigenvectors of their Gram matrix; those with less than `least_share` of the strongest one's energy are left out.
cv::Mat1f PrincipalDirections(const cv::Mat1f& rows, int most, double least_share);

}  // namespace interneg::matching

#endif  // INTERNEG_WORKER_ENGINE_MATCHING_PRODUCTS_OPENCV_H_
