from automl.recipes import RECIPES, recipes_for


def test_a_table_gets_the_recipes_that_can_add_something() -> None:
    assert recipes_for([3, 40], 6) == tuple(RECIPES)
    assert recipes_for([3], 6) == ("plain", "crosses")
    assert recipes_for([], 6) == ("plain", "crosses")
    assert recipes_for([40], 1) == ("plain", "targets")
    assert recipes_for([], 1) == ("plain",)
