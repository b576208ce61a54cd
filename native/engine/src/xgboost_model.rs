//! Forests out of the model files that `XGBoost` writes, from 1.7 on.

use crate::document::{Value, read};
use crate::forest::{Forest, Tree};

/// A model is damaged or of a kind not supported; the reason as a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelRefused(pub String);

/// Read a binary logistic booster of trees, as JSON or UBJSON.
///
/// # Errors
///
/// `ModelRefused` for anything else, and for what `XGBoost` itself would not have written.
pub fn from_xgboost(bytes: &[u8]) -> Result<Forest, ModelRefused> {
    let model = read(bytes).map_err(|refused| ModelRefused(refused.0.into()))?;
    let learner = part(&model, "learner")?;
    check_kind(learner)?;
    let parameters = part(learner, "learner_model_param")?;
    let features = usize::try_from(whole(parameters, "num_feature")?).unwrap_or(0);
    let booster = part(part(learner, "gradient_booster")?, "model")?;
    let trees = list(booster, "trees")?.iter().map(tree_of).collect::<Result<Vec<_>, _>>()?;
    Forest::new(features, base_margin(parameters)?, &trees).map_err(|refused| ModelRefused(refused.0.into()))
}

fn check_kind(learner: &Value) -> Result<(), ModelRefused> {
    let booster = text(part(learner, "gradient_booster")?, "name")?;
    if booster != "gbtree" {
        return Err(ModelRefused(format!("the booster is {booster}, only gbtree is supported")));
    }
    let objective = text(part(learner, "objective")?, "name")?;
    if objective != "binary:logistic" {
        return Err(ModelRefused(format!("the objective is {objective}, only binary:logistic is supported")));
    }
    let parameters = part(learner, "learner_model_param")?;
    for name in ["num_class", "num_target"] {
        if parameters.get(name).is_some() && whole(parameters, name)? > 1 {
            return Err(ModelRefused(format!("{name} is above 1, only one margin a row is supported")));
        }
    }
    Ok(())
}

/// The margin of the base score: a probability, in text, since 3.0 in brackets.
///
/// `XGBoost` computes -log(1 / p - 1) in single floats, by the C library that this calls too.
fn base_margin(parameters: &Value) -> Result<f32, ModelRefused> {
    let written = text(parameters, "base_score")?;
    let score: f32 = written
        .trim_matches(['[', ']'])
        .parse()
        .map_err(|_| ModelRefused(format!("the base score is not one number: {written}")))?;
    if score > 0.0 && score < 1.0 {
        Ok(-(1.0 / score - 1.0).ln())
    } else {
        Err(ModelRefused(format!("the base score is no probability: {written}")))
    }
}

fn tree_of(tree: &Value) -> Result<Tree, ModelRefused> {
    let has_categories = tree.get("categories").and_then(Value::list).is_some_and(|list| !list.is_empty());
    let has_other_splits = tree
        .get("split_type")
        .and_then(Value::list)
        .is_some_and(|types| types.iter().any(|split_type| split_type.whole() != Some(0)));
    if has_categories || has_other_splits {
        return Err(ModelRefused("a tree splits by category, only numbers are supported".into()));
    }
    if let Some(parameters) = tree.get("tree_param") {
        if parameters.get("size_leaf_vector").is_some() && whole(parameters, "size_leaf_vector")? > 1 {
            return Err(ModelRefused("a tree's leaves are vectors, only numbers are supported".into()));
        }
    }
    Ok(Tree {
        left: wholes(tree, "left_children")?,
        right: wholes(tree, "right_children")?,
        feature: wholes(tree, "split_indices")?,
        threshold_or_leaf: each(tree, "split_conditions", Value::float)?,
        is_default_left: wholes(tree, "default_left")?.into_iter().map(|flag| flag != 0).collect(),
    })
}

fn part<'value>(value: &'value Value, name: &str) -> Result<&'value Value, ModelRefused> {
    value.get(name).ok_or_else(|| ModelRefused(format!("the model lacks {name}")))
}

fn text<'value>(value: &'value Value, name: &str) -> Result<&'value str, ModelRefused> {
    part(value, name)?.text().ok_or_else(|| ModelRefused(format!("{name} is no text")))
}

fn list<'value>(value: &'value Value, name: &str) -> Result<&'value [Value], ModelRefused> {
    part(value, name)?.list().ok_or_else(|| ModelRefused(format!("{name} is no list")))
}

/// Read a whole number, which `XGBoost` writes as text.
fn whole(value: &Value, name: &str) -> Result<i64, ModelRefused> {
    let number = part(value, name)?;
    let number = number.whole().or_else(|| number.text().and_then(|text| text.parse().ok()));
    number.ok_or_else(|| ModelRefused(format!("{name} is no whole number")))
}

fn wholes(value: &Value, name: &str) -> Result<Vec<i64>, ModelRefused> {
    each(value, name, Value::whole)
}

fn each<T>(value: &Value, name: &str, of: fn(&Value) -> Option<T>) -> Result<Vec<T>, ModelRefused> {
    let numbers = list(value, name)?.iter().map(of).collect::<Option<Vec<T>>>();
    numbers.ok_or_else(|| ModelRefused(format!("{name} holds something else than numbers")))
}

#[cfg(test)]
#[allow(clippy::float_cmp, reason = "margins must agree to the last bit")]
mod tests {
    use super::*;

    const STUMP: &str = r#"{"learner": {
        "gradient_booster": {"name": "gbtree", "model": {"trees": [{
            "left_children": [1, -1, -1], "right_children": [2, -1, -1], "split_indices": [0, 0, 0],
            "split_conditions": [5E-1, -1.5E0, 2], "default_left": [1, 0, 0], "split_type": [0, 0, 0],
            "tree_param": {"size_leaf_vector": "1"}}]}},
        "learner_model_param": {"base_score": "[5E-1]", "num_class": "0", "num_feature": "1"},
        "objective": {"name": "binary:logistic"}}}"#;

    fn refusal(old: &str, new: &str) -> String {
        assert!(STUMP.contains(old));
        from_xgboost(STUMP.replace(old, new).as_bytes()).unwrap_err().0
    }

    #[test]
    fn a_stump_of_any_age_is_read() {
        for base_score in ["[5E-1]", "5E-1", "0.5"] {
            let model = STUMP
                .replace("[5E-1]\"", &format!("{base_score}\""))
                .replace("[1, 0, 0]", "[true, false, false]");
            let forest = from_xgboost(model.as_bytes()).unwrap();
            let margins = [0.4, 0.5, f32::NAN].map(|value| forest.margin(&[value]).unwrap());
            assert_eq!(margins, [-1.5, 2.0, -1.5]);
        }
    }

    #[test]
    fn what_is_not_supported_is_refused_with_its_reason() {
        assert!(refusal("\"gbtree\"", "\"dart\"").contains("dart"));
        assert!(refusal("binary:logistic", "multi:softprob").contains("multi:softprob"));
        assert!(refusal("\"num_class\": \"0\"", "\"num_class\": \"3\"").contains("num_class"));
        assert!(refusal("\"split_type\": [0, 0, 0]", "\"split_type\": [1, 0, 0]").contains("category"));
        assert!(refusal("\"size_leaf_vector\": \"1\"", "\"size_leaf_vector\": \"2\"").contains("vectors"));
        assert!(refusal("[5E-1]\"", "[5E-1,5E-1]\"").contains("not one number"));
        assert!(refusal("[5E-1]\"", "0\"").contains("no probability"));
        assert!(refusal("\"num_feature\": \"1\"", "\"num_feature\": \"0\"").contains("features"));
        assert!(refusal("\"trees\"", "\"shrubs\"").contains("lacks trees"));
        assert!(refusal("[1, -1, -1]", "[1, -1, \"x\"]").contains("left_children"));
        assert!(from_xgboost(b"no model").is_err());
    }
}
