#include "worker/engine/simulation/demo_scene.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>
#include <vector>

#include <opencv2/core.hpp>

#include "worker/engine/simulation/grain.h"
#include "worker/engine/simulation/scene_canvas.h"

namespace interneg::simulation {
namespace {

constexpr double kPi = 3.14159265358979323846;

double Wave(double t, double cycles, double phase) { return std::sin(2.0 * kPi * (cycles * t + phase)); }

void Sky(SceneCanvas& canvas, double t) {
  const SceneCanvas::Texture clouds(canvas, 11, .35, 5, {.12 * t, 0});
  const double w = canvas.width();
  canvas.ShadedPolygon({{0, 0}, {w, 0}, {w, .62}, {0, .62}}, [&](Point p) {
    const Ink sky = Mix({.24, .47, .80}, {.80, .88, .92}, p.y / .55);
    const double cover = std::clamp(1.6 * clouds.At(p) + .15 - p.y * .35, 0.0, 1.0);
    const Ink cloud = Mix({.98, .96, .92}, {.72, .75, .82}, clouds.At({p.x, std::max(0.0, p.y - .03)}) + .35);
    return Mix(sky, cloud, cover * .9);
  });
}

void Hills(SceneCanvas& canvas) {
  const SceneCanvas::Texture woods(canvas, 12, .06, 4, {});
  const double w = canvas.width();
  for (int range = 0; range < 3; ++range) {
    std::vector<Point> outline{{w, .66}, {0, .66}};
    for (double x = 0; x <= w + .01; x += .02) {
      outline.push_back({x, .44 + .04 * range + .035 * std::sin(3.1 * x + 2.1 * range) + .018 * std::sin(8.3 * x + range)});
    }
    const Ink near_ink = range == 0 ? Ink{.45, .56, .66} : range == 1 ? Ink{.32, .46, .42} : Ink{.27, .42, .22};
    canvas.ShadedPolygon(outline, [&](Point p) { return Lit(near_ink, 1.0 + (.06 + .09 * range) * woods.At(p)); });
  }
}

void Lake(SceneCanvas& canvas, double t) {
  const SceneCanvas::Texture ripples(canvas, 13, .05, 3, {.03 * t, .08 * t});
  const double w = canvas.width();
  canvas.ShadedPolygon({{.35, .60}, {w, .585}, {w, .70}, {.2, .70}}, [&](Point p) {
    const double glint = std::max(0.0, ripples.At({p.x * .25, p.y}) + .35 * std::sin(160 * p.y + 9 * t));
    return Mix(Mix({.55, .68, .76}, {.10, .30, .42}, (p.y - .58) / .12), {.98, .97, .90}, .55 * glint * glint);
  });
}

void Meadow(SceneCanvas& canvas, double t) {
  const SceneCanvas::Texture grass(canvas, 14, .09, 5, {});
  const double w = canvas.width();
  canvas.ShadedPolygon({{0, .665}, {.5, .68}, {1.1, .672}, {w, .685}, {w, 1}, {0, 1}}, [&](Point p) {
    const Ink ink = Mix({.52, .60, .24}, {.16, .33, .09}, (p.y - .66) / .34);
    return Lit(ink, 1.0 + .38 * grass.At({p.x, p.y * .9}));
  });
  cv::RNG random = Generator(15, 0, 0);
  const Ink petals[] = {{.86, .08, .10}, {.97, .83, .10}, {.95, .94, .92}, {.36, .18, .66}, {.93, .40, .62}};
  for (int i = 0; i < 240; ++i) {
    const double y = .72 + .28 * std::sqrt(random.uniform(0.0, 1.0)), x = random.uniform(0.0, w);
    const double size = .0035 + .012 * (y - .7), sway = .004 * Wave(t, 1.5, random.uniform(0.0, 1.0));
    const Ink ink = petals[random.uniform(0, 5)];
    canvas.Stroke({x, y + 3 * size}, {x + sway, y}, .003, {.15, .36, .10});
    canvas.Ellipse({x + sway, y}, size * 1.2, size, 0, ink);
    canvas.Ellipse({x + sway, y}, size * .4, size * .35, 0, {.95, .75, .2});
  }
}

// A house: brick, a doorway in deep shadow, grey steps from black to white, and a sign.
void House(SceneCanvas& canvas) {
  const SceneCanvas::Texture wear(canvas, 16, .03, 4, {});
  canvas.ShadedPolygon({{0, .20}, {.44, .26}, {.44, .80}, {0, .86}}, [&](Point p) {
    const int course = static_cast<int>(p.y / .022);
    const double along = p.x + (course % 2) * .0275;
    const bool mortar = std::fmod(p.y, .022) < .0035 || std::fmod(along, .055) < .004;
    const double tone = .12 * std::sin(course * 12.9 + std::floor(along / .055) * 78.2);
    return Lit(mortar ? Ink{.66, .61, .55} : Lit({.58, .27, .19}, 1 + tone), (1 + .22 * wear.At(p)) * (.8 + .45 * p.x));
  });
  canvas.Polygon({{0, .13}, {.50, .22}, {.47, .275}, {0, .215}}, {.24, .20, .22});
  canvas.ShadedPolygon({{.10, .47}, {.29, .475}, {.29, .82}, {.10, .84}}, [&](Point p) {
    return Lit({.055, .045, .05}, .6 + 3.0 * std::max(0.0, p.y - .74) / .1 + .3 * wear.At(p));
  });
  canvas.Polygon({{.085, .455}, {.305, .462}, {.305, .478}, {.085, .472}}, {.72, .68, .60});
  for (int step = 0; step < 7; ++step) {
    const double grey = std::pow(step / 6.0, 1.1) * .96 + .02, x = .315 + .018 * step;
    canvas.Polygon({{x, .50}, {x + .018, .50}, {x + .018, .56}, {x, .56}}, {grey, grey, grey});
  }
  canvas.Polygon({{.075, .345}, {.42, .355}, {.42, .43}, {.075, .43}}, {.93, .90, .80});
  canvas.Polygon({{.083, .353}, {.412, .362}, {.412, .423}, {.083, .422}}, {.06, .22, .30});
  canvas.Text("INTERNEG", {.098, .41}, .038, .004, {.97, .88, .52});
}

void Tree(SceneCanvas& canvas, Point foot, double size, std::uint64_t seed, double t) {
  canvas.Polygon({{foot.x - .03 * size, foot.y}, {foot.x + .035 * size, foot.y}, {foot.x + .015 * size, foot.y - .6 * size},
                  {foot.x - .012 * size, foot.y - .6 * size}}, {.25, .17, .11});
  constexpr int kLeaves = 1500;
  cv::RNG random = Generator(17, seed, 0);
  for (int leaf = 0; leaf < kLeaves; ++leaf) {
    const double depth = static_cast<double>(leaf) / kLeaves, angle = random.uniform(0.0, 2 * kPi), reach = std::sqrt(random.uniform(0.0, 1.0));
    const double lobes = 1.0 + .16 * std::sin(5 * angle + static_cast<double>(seed));
    const double sway = .010 * size * Wave(t, 1.0, .3 * reach + .05 * static_cast<double>(seed));
    const Point at{foot.x + .34 * size * reach * lobes * std::cos(angle) + sway,
                   foot.y - .78 * size + .34 * size * reach * lobes * std::sin(angle)};
    const double clump = .22 * std::sin(9 * at.x / size + 3.0) * std::sin(11 * at.y / size + static_cast<double>(seed));
    const double light = .12 + .38 * depth + clump - reach * (.34 * std::sin(angle) + .20 * std::cos(angle));
    const Ink ink = Mix({.07, .19, .06}, {.60, .70, .22}, light + random.uniform(-.20, .20));
    canvas.Ellipse(at, .023 * size, .014 * size, random.uniform(0.0, 180.0), ink);
  }
}

// A ball of saturated primaries and secondaries that rolls through the grass.
void Ball(SceneCanvas& canvas, double t) {
  const Ink gores[] = {{.90, .05, .06}, {.97, .90, .10}, {.05, .55, .18}, {.08, .70, .80}, {.08, .12, .70}, {.80, .10, .62}};
  const double x = .62 + .30 * t, radius = .068, y = .885 - .03 * std::abs(Wave(t, 1.5, 0));
  canvas.Ellipse({x + .015, .955}, .075, .014, 0, {.10, .20, .06});
  canvas.ShadedEllipse({x, y}, radius, radius, [&](double u, double v) {
    const double turn = 4.0 * t, a = std::atan2(v, u) + turn;
    const int gore = static_cast<int>(std::floor(6.0 * (a / (2 * kPi) + 4.0))) % 6;
    const double z = std::sqrt(std::max(0.0, 1.0 - u * u - v * v));
    const double light = .35 + .75 * std::max(0.0, -.45 * u - .6 * v + .66 * z);
    const double shine = std::pow(std::max(0.0, -.40 * u - .52 * v + .75 * z), 40.0);
    const bool cap = u * u + v * v < .03;
    return Mix(Lit(cap ? Ink{.95, .95, .93} : gores[gore], light), {1, 1, 1}, .9 * shine);
  });
}

Ink SkinAt(double u, double v) {
  const double z = std::sqrt(std::max(0.0, 1.0 - u * u - v * v));
  const double light = .62 + .46 * std::max(0.0, -.5 * u - .42 * v + .75 * z);
  const double flush = std::exp(-14 * ((std::abs(u) - .48) * (std::abs(u) - .48) + (v - .25) * (v - .25)));
  return Lit(Mix({.86, .64, .52}, {.84, .46, .40}, .55 * flush), light);
}

void Face(SceneCanvas& canvas, Point c, double t) {
  const double r = .088, look = .010 * Wave(t, .7, .1);
  canvas.Ellipse({c.x, c.y - .010}, r * 1.13, r * 1.28, 0, {.20, .10, .06});
  canvas.Polygon({{c.x - .10, c.y}, {c.x + .10, c.y}, {c.x + .115, c.y + .15}, {c.x - .115, c.y + .15}}, {.19, .10, .06});
  canvas.ShadedPolygon({{c.x - .034, c.y + .05}, {c.x + .034, c.y + .05}, {c.x + .042, c.y + .14}, {c.x - .042, c.y + .14}},
                       [&](Point p) { return Lit({.74, .51, .41}, .78 + 2.0 * (c.x - p.x)); });
  canvas.ShadedEllipse({c.x, c.y + .008}, r * .86, r * 1.08, SkinAt);
  canvas.Polygon({{c.x - .078, c.y - .02}, {c.x - .060, c.y - .085}, {c.x + .02, c.y - .10}, {c.x + .075, c.y - .06},
                  {c.x + .080, c.y - .01}, {c.x + .045, c.y - .052}, {c.x - .02, c.y - .050}}, {.25, .13, .07});
  const bool blink = std::fmod(t * 3.0, 1.0) > .93;
  for (const double side : {-1.0, 1.0}) {
    const Point eye{c.x + side * .030 + .4 * look, c.y + .003};
    canvas.Ellipse(eye, .0150, blink ? .002 : .0085, 0, {.93, .91, .88});
    if (!blink) canvas.Ellipse({eye.x + look * .35, eye.y}, .0074, .0080, 0, {.16, .30, .38});
    if (!blink) canvas.Ellipse({eye.x + look * .35, eye.y}, .0036, .0040, 0, {.03, .03, .03});
    canvas.Stroke({eye.x + side * .017, eye.y - .018}, {eye.x - side * .013, eye.y - .024}, .0045, {.24, .13, .08});
  }
  canvas.Stroke({c.x + look * .5, c.y + .012}, {c.x - .006 + look * .5, c.y + .036}, .004, {.66, .42, .34});
  const double mx = c.x + .4 * look, my = c.y + .054;
  canvas.Polygon({{mx - .027, my}, {mx - .012, my + .003}, {mx, my + .002}, {mx + .012, my + .003}, {mx + .027, my},
                  {mx + .017, my + .013}, {mx, my + .018}, {mx - .017, my + .013}}, {.72, .21, .22});
  canvas.Polygon({{mx - .019, my + .004}, {mx, my + .005}, {mx + .019, my + .004}, {mx + .012, my + .009},
                  {mx, my + .011}, {mx - .012, my + .009}}, {.95, .92, .88});
}

// A figure in a plaid dress who waves a straw hat.
void Figure(SceneCanvas& canvas, double t) {
  const double x = 1.24 - .05 * t, nod = .006 * Wave(t, 2.0, 0);
  const Point shoulder{x + .085, .545 + nod}, elbow{x + .19, .50 + nod}, hand{x + .205 + .03 * Wave(t, 2.0, .25), .37 + nod};
  canvas.Ellipse({x + .02, .985}, .20, .022, 0, {.08, .16, .05});
  canvas.ShadedPolygon({{x - .085, .53 + nod}, {x + .085, .53 + nod}, {x + .075, .68}, {x + .19, .985}, {x - .19, .985}, {x - .075, .68}},
                       [&](Point p) {
    const double fold = std::sin(38 * (p.x - x) / (.35 + 1.6 * (p.y - .5)));
    const double u = std::fmod((p.x - x) * 1.0 + 10.0, .05) / .05, v = std::fmod(p.y - nod + 10.0, .05) / .05;
    Ink cloth{.72, .10, .14};
    if (u < .35) cloth = Mix(cloth, {.10, .16, .42}, .55);
    if (v < .35) cloth = Mix(cloth, {.10, .16, .42}, .55);
    if (std::abs(u - .7) < .06 || std::abs(v - .7) < .06) cloth = {.93, .86, .58};
    return Lit(cloth, .86 + .16 * fold - .6 * (p.x - x));
  });
  canvas.Stroke({x - .08, .55 + nod}, {x - .13, .70}, .042, {.74, .50, .40});
  canvas.Stroke({x - .13, .70}, {x - .10, .80}, .036, {.72, .48, .38});
  canvas.Stroke(shoulder, elbow, .044, {.80, .57, .46});
  canvas.Stroke(elbow, hand, .036, {.83, .60, .49});
  canvas.Ellipse({hand.x + .01, hand.y - .035}, .075, .022, -20 + 14 * Wave(t, 2.0, .25), {.86, .73, .42});
  canvas.Ellipse({hand.x + .01, hand.y - .052}, .040, .030, -20 + 14 * Wave(t, 2.0, .25), {.90, .78, .48});
  canvas.Polygon({{x - .07, .678}, {x + .07, .678}, {x + .073, .70}, {x - .073, .70}}, {.95, .93, .88});
  Face(canvas, {x, .40 + nod}, t);
}

}  // namespace

image::Image DrawDemoScene(image::Size size, int index, int count) {
  if (count < 1 || index < 0 || index >= count) {
    throw std::invalid_argument("demo scene: frame " + std::to_string(index) + " of " + std::to_string(count));
  }
  if (size.width_px < 64 || size.height_px < 64) throw std::invalid_argument("demo scene: at least 64x64 pixels are needed");
  const double t = count == 1 ? 0.0 : static_cast<double>(index) / (count - 1);
  SceneCanvas canvas(size);
  Sky(canvas, t);
  Hills(canvas);
  Lake(canvas, t);
  Meadow(canvas, t);
  Tree(canvas, {.66, .74}, .50, 1, t);
  House(canvas);
  Tree(canvas, {canvas.width() - .14, .86}, .98, 2, t);
  Ball(canvas, t);
  Figure(canvas, t);
  return canvas.Finish();
}

}  // namespace interneg::simulation
