"""The kinds of models: boosted trees and forests by LightGBM, linear models, small neural networks."""
