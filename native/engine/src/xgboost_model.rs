//! Forests out of the model files that `XGBoost` writes, from 1.7 to 3.

use crate::document::{Value, read};
use crate::forest::{Forest, Tree};

/// The newest major version whose files and arithmetic are known.
const NEWEST_MAJOR: i64 = 3;

/// From this version on a base score is kept this far from 0 and 1.
const SINCE_CERTAINTY_IS_AVOIDED: (i64, i64) = (3, 2);
const NEAREST_TO_CERTAIN: f32 = 1e-6;

/// A model is damaged or of a kind not supported; the reason as a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelRefused(pub String);

/// What trees were grown for; it says how the base score becomes a margin.
enum Objective {
    Logistic,
    SquaredError,
}

/// Read a booster of trees, binary logistic or of squared error, as JSON or UBJSON.
///
/// # Errors
///
/// `ModelRefused` for anything else, and for what `XGBoost` itself would not have written.
pub fn from_xgboost(bytes: &[u8]) -> Result<Forest, ModelRefused> {
    let model = read(bytes).map_err(|refused| ModelRefused(refused.0.into()))?;
    let learner = part(&model, "learner")?;
    let objective = objective(learner)?;
    let parameters = part(learner, "learner_model_param")?;
    let features = usize::try_from(whole(parameters, "num_feature")?).unwrap_or(0);
    let booster = part(part(learner, "gradient_booster")?, "model")?;
    let trees = list(booster, "trees")?.iter().map(tree_of).collect::<Result<Vec<_>, _>>()?;
    if trees.is_empty() {
        return Err(ModelRefused("the booster has no trees yet".into()));
    }
    let version = version(&model)?;
    let base_margin = match objective {
        Objective::Logistic => logit_of_base(parameters, version)?,
        Objective::SquaredError => base_value(parameters)?,
    };
    Forest::new(features, base_margin, &trees).map_err(|refused| ModelRefused(refused.0.into()))
}

/// Major and minor version of the `XGBoost` that wrote the model.
fn version(model: &Value) -> Result<(i64, i64), ModelRefused> {
    match wholes(model, "version")?[..] {
        [major, minor, ..] if major <= NEWEST_MAJOR => Ok((major, minor)),
        [major, minor, ..] => {
            Err(ModelRefused(format!("the model is of XGBoost {major}.{minor}, newer than known here")))
        }
        _ => Err(ModelRefused("version is not two numbers or more".into())),
    }
}

/// The objective, of a booster of the kind that is known here.
fn objective(learner: &Value) -> Result<Objective, ModelRefused> {
    let booster = text(part(learner, "gradient_booster")?, "name")?;
    if booster != "gbtree" {
        return Err(ModelRefused(format!("the booster is {booster}, only gbtree is supported")));
    }
    let objective = match text(part(learner, "objective")?, "name")? {
        "binary:logistic" => Objective::Logistic,
        "reg:squarederror" => Objective::SquaredError,
        other => {
            return Err(ModelRefused(format!(
                "the objective is {other}, only binary:logistic and reg:squarederror are supported"
            )));
        }
    };
    let parameters = part(learner, "learner_model_param")?;
    for name in ["num_class", "num_target"] {
        if parameters.get(name).is_some() && whole(parameters, name)? > 1 {
            return Err(ModelRefused(format!("{name} is above 1, only one margin a row is supported")));
        }
    }
    Ok(objective)
}

/// The base score as it is written: one number, in text, since 3.1 in brackets.
fn base_score(parameters: &Value) -> Result<f32, ModelRefused> {
    let written = text(parameters, "base_score")?;
    written
        .trim_matches(['[', ']'])
        .parse()
        .map_err(|_| ModelRefused(format!("the base score is not one number: {written}")))
}

/// The margin of a base score that is a value like those of the leaves.
fn base_value(parameters: &Value) -> Result<f32, ModelRefused> {
    let score = base_score(parameters)?;
    if score.is_finite() {
        return Ok(score);
    }
    Err(ModelRefused(format!("the base score is not finite: {score}")))
}

/// The margin of a base score that is a probability.
///
/// `XGBoost` computes -log(1 / p - 1) in single floats, by the C library that this calls too.
fn logit_of_base(parameters: &Value, version: (i64, i64)) -> Result<f32, ModelRefused> {
    let score = base_score(parameters)?;
    let is_open = version < SINCE_CERTAINTY_IS_AVOIDED;
    if !(0.0..=1.0).contains(&score) || is_open && (score <= 0.0 || score >= 1.0) {
        return Err(ModelRefused(format!("the base score is no probability: {score}")));
    }
    let nearest = if is_open { 0.0 } else { NEAREST_TO_CERTAIN };
    let score = score.clamp(nearest, 1.0 - nearest);
    Ok(-(1.0 / score - 1.0).ln())
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
        is_default_left: flags(tree, "default_left")?,
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

fn flags(value: &Value, name: &str) -> Result<Vec<bool>, ModelRefused> {
    let flags = wholes(value, name)?;
    if flags.iter().any(|flag| !(0..=1).contains(flag)) {
        return Err(ModelRefused(format!("{name} holds something else than 0 and 1")));
    }
    Ok(flags.into_iter().map(|flag| flag == 1).collect())
}

fn each<T>(value: &Value, name: &str, of: fn(&Value) -> Option<T>) -> Result<Vec<T>, ModelRefused> {
    let numbers = list(value, name)?.iter().map(of).collect::<Option<Vec<T>>>();
    numbers.ok_or_else(|| ModelRefused(format!("{name} holds something else than numbers")))
}

#[cfg(test)]
#[allow(clippy::float_cmp, reason = "margins must agree to the last bit")]
mod tests {
    use super::*;

    const STUMP: &str = r#"{"version": [3, 2, 0], "learner": {
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
    fn a_base_score_near_certainty_is_read_as_the_writing_version_read_it() {
        let margin = |version: &str, base_score: &str| {
            let model = STUMP.replace("[3, 2, 0]", version).replace("[5E-1]\"", &format!("{base_score}\""));
            from_xgboost(model.as_bytes()).map(|forest| forest.margin(&[0.0]).unwrap() + 1.5)
        };
        assert_eq!(margin("[3, 1, 3]", "1E-7"), Ok(-16.118_095));
        for base_score in ["1E-7", "0", "1E-6"] {
            assert_eq!(margin("[3, 2, 0]", base_score), Ok(-13.815_51));
        }
        for base_score in ["9.999999E-1", "1"] {
            assert_eq!(margin("[3, 2, 0]", base_score), Ok(13.745_16));
        }
        for base_score in ["0", "1"] {
            assert!(margin("[3, 1, 3]", base_score).unwrap_err().0.contains("no probability"));
        }
    }

    #[test]
    fn a_base_score_of_squared_error_is_a_value_like_those_of_the_leaves() {
        let model = STUMP.replace("binary:logistic", "reg:squarederror");
        for (written, margin) in [("[5E-1]", 2.5), ("-3.25E0", -1.25), ("[1E1]", 12.0)] {
            let forest = from_xgboost(model.replace("[5E-1]\"", &format!("{written}\"")).as_bytes()).unwrap();
            assert_eq!(forest.margin(&[0.7]), Ok(margin));
        }
        for beyond in ["NaN", "inf", "-inf"] {
            let damaged = model.replace("[5E-1]\"", &format!("{beyond}\""));
            assert!(from_xgboost(damaged.as_bytes()).unwrap_err().0.contains("not finite"));
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
        for beyond in ["-1E-9", "1.0000001", "NaN", "inf"] {
            assert!(refusal("[5E-1]\"", &format!("{beyond}\"")).contains("no probability"));
        }
        assert!(refusal("\"num_feature\": \"1\"", "\"num_feature\": \"0\"").contains("features"));
        assert!(refusal("\"trees\"", "\"shrubs\"").contains("lacks trees"));
        assert!(refusal("\"trees\": [{", "\"trees\": [], \"felled\": [{").contains("no trees"));
        assert!(refusal("[3, 2, 0]", "[4, 0, 0]").contains("XGBoost 4.0, newer"));
        assert!(refusal("[3, 2, 0]", "[3]").contains("version"));
        assert!(refusal("[5E-1, -1.5E0, 2]", "[NaN, -1.5E0, 2]").contains("threshold"));
        assert!(refusal("[1, -1, -1]", "[1, -1, \"x\"]").contains("left_children"));
        assert!(refusal("\"default_left\": [1,", "\"default_left\": [2,").contains("than 0 and 1"));
        assert!(from_xgboost(b"no model").is_err());
    }
}
