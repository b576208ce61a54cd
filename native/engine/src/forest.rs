//! Boosted trees walked to one margin, in the arithmetic of `XGBoost`: single floats, tree after tree.

const TOGETHER: usize = 8;
const MOST_FEATURES: usize = 1 << 15;

/// One tree as a model file tells it, node by node; a node without a left child is a leaf.
#[derive(Clone, Debug, Default)]
pub struct Tree {
    pub left: Vec<i64>,
    pub right: Vec<i64>,
    pub feature: Vec<i64>,
    pub threshold_or_leaf: Vec<f32>,
    pub is_default_left: Vec<bool>,
}

/// Trees do not hang together; the reason as a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForestRefused(pub &'static str);

/// A split; a leaf leads to itself and bears its value as threshold.
#[derive(Clone, Copy, Debug)]
struct Node {
    threshold: f32,
    feature: u16,
    is_default_left: bool,
    children: [u32; 2],
}

/// Some trees that are walked side by side, step by step, so that none waits for its next node.
#[derive(Clone, Debug)]
struct Grove {
    roots: Vec<u32>,
    steps: usize,
}

/// The sum of many trees' leaves, from a first margin on.
#[derive(Clone, Debug)]
pub struct Forest {
    features: usize,
    base_margin: f32,
    nodes: Vec<Node>,
    groves: Vec<Grove>,
}

impl Forest {
    /// Plant trees that look at this many features.
    ///
    /// # Errors
    ///
    /// `ForestRefused` when a child or feature does not exist, a node has two parents, or a threshold is NaN.
    pub fn new(features: usize, base_margin: f32, trees: &[Tree]) -> Result<Self, ForestRefused> {
        if features == 0 || features > MOST_FEATURES {
            return Err(ForestRefused("the number of features is not between 1 and 32768"));
        }
        let mut forest = Self { features, base_margin, nodes: Vec::new(), groves: Vec::new() };
        for together in trees.chunks(TOGETHER) {
            let mut grove = Grove { roots: Vec::new(), steps: 0 };
            for tree in together {
                let (root, depth) = forest.plant(tree)?;
                grove.roots.push(root);
                grove.steps = grove.steps.max(depth);
            }
            forest.groves.push(grove);
        }
        Ok(forest)
    }

    /// How many features a row has.
    #[must_use]
    pub fn features(&self) -> usize {
        self.features
    }

    /// Give the margin of one row, NaN meaning unknown.
    ///
    /// # Errors
    ///
    /// `ForestRefused` when the row is not as long as the forest has features.
    pub fn margin(&self, row: &[f32]) -> Result<f32, ForestRefused> {
        if row.len() != self.features {
            return Err(ForestRefused("the row is not as long as the forest has features"));
        }
        let has_unknown = row.iter().any(|value| value.is_nan());
        Ok(if has_unknown { self.walk::<true>(row) } else { self.walk::<false>(row) })
    }

    fn walk<const HAS_UNKNOWN: bool>(&self, row: &[f32]) -> f32 {
        let mut margin = self.base_margin;
        for grove in &self.groves {
            let mut at = [0; TOGETHER];
            at[..grove.roots.len()].copy_from_slice(&grove.roots);
            for _ in 0..grove.steps {
                for at in &mut at {
                    *at = self.step::<HAS_UNKNOWN>(*at, row);
                }
            }
            for &at in &at[..grove.roots.len()] {
                margin += self.nodes[at as usize].threshold;
            }
        }
        margin
    }

    fn step<const HAS_UNKNOWN: bool>(&self, at: u32, row: &[f32]) -> u32 {
        let node = &self.nodes[at as usize];
        let value = row[usize::from(node.feature)];
        let goes_right =
            if HAS_UNKNOWN && value.is_nan() { !node.is_default_left } else { value >= node.threshold };
        node.children[usize::from(goes_right)]
    }

    /// Take over one tree; give its root and how many steps its deepest leaf is away.
    fn plant(&mut self, tree: &Tree) -> Result<(u32, usize), ForestRefused> {
        let root = index_of(self.nodes.len())?;
        let mut depth = 0;
        let mut to_plant = vec![(0, 0)];
        let mut place = vec![None; tree.left.len()];
        while let Some((number, steps)) = to_plant.pop() {
            depth = depth.max(steps);
            let taken = place.get_mut(number).ok_or(ForestRefused("a tree has no such node"))?;
            if taken.replace(index_of(self.nodes.len())?).is_some() {
                return Err(ForestRefused("a node of a tree has two parents"));
            }
            self.nodes.push(node_of(tree, number, self.features)?);
            if tree.left[number] >= 0 {
                to_plant.push((child(tree.right[number])?, steps + 1));
                to_plant.push((child(tree.left[number])?, steps + 1));
            }
        }
        self.link(tree, &place);
        Ok((root, depth))
    }

    fn link(&mut self, tree: &Tree, place: &[Option<u32>]) {
        for (number, here) in place.iter().enumerate() {
            let Some(here) = *here else { continue };
            let there = |child: i64| usize::try_from(child).ok().and_then(|child| place[child]);
            let is_leaf = tree.left[number] < 0;
            let children = if is_leaf { [-1; 2] } else { [tree.left[number], tree.right[number]] };
            self.nodes[here as usize].children = children.map(|child| there(child).unwrap_or(here));
        }
    }
}

fn node_of(tree: &Tree, number: usize, features: usize) -> Result<Node, ForestRefused> {
    let is_whole = [tree.right.len(), tree.feature.len(), tree.threshold_or_leaf.len()]
        .into_iter()
        .chain([tree.is_default_left.len()])
        .all(|length| length == tree.left.len());
    if !is_whole {
        return Err(ForestRefused("a tree's columns differ in length"));
    }
    let is_leaf = tree.left[number] < 0;
    if !is_leaf && tree.threshold_or_leaf[number].is_nan() {
        return Err(ForestRefused("a split's threshold is no number"));
    }
    let feature = if is_leaf { 0 } else { tree.feature[number] };
    let feature = u16::try_from(feature).ok().filter(|&feature| usize::from(feature) < features);
    Ok(Node {
        threshold: tree.threshold_or_leaf[number],
        feature: feature.ok_or(ForestRefused("a tree asks for a feature that does not exist"))?,
        is_default_left: tree.is_default_left[number],
        children: [0; 2],
    })
}

fn child(number: i64) -> Result<usize, ForestRefused> {
    usize::try_from(number).map_err(|_| ForestRefused("a split has one child only"))
}

fn index_of(length: usize) -> Result<u32, ForestRefused> {
    u32::try_from(length).map_err(|_| ForestRefused("the forest has too many nodes"))
}

#[cfg(test)]
#[allow(clippy::float_cmp, reason = "margins must agree to the last bit")]
mod tests {
    use super::*;

    fn stump(feature: i64, threshold: f32, is_default_left: bool) -> Tree {
        Tree {
            left: vec![1, -1, -1],
            right: vec![2, -1, -1],
            feature: vec![feature, 0, 0],
            threshold_or_leaf: vec![threshold, -1.0, 2.0],
            is_default_left: vec![is_default_left, false, false],
        }
    }

    #[test]
    fn below_the_threshold_is_left_and_unknown_is_as_the_tree_says() {
        let trees = [stump(0, 0.5, true), stump(1, 0.5, false)];
        let forest = Forest::new(2, 0.25, &trees).unwrap();
        let unknown = f32::NAN;
        let rows = [[0.0, 0.0], [0.5, 0.0], [0.0, 0.5], [unknown, unknown], [f32::INFINITY, -0.0]];
        let margins = rows.map(|row| forest.margin(&row).unwrap());
        assert_eq!(margins, [-1.75, 1.25, 1.25, 1.25, 1.25]);
        assert!(forest.margin(&[0.0]).is_err());
    }

    #[test]
    fn trees_of_different_depth_and_any_number_are_added_in_order() {
        let leaf = Tree {
            left: vec![-1],
            right: vec![-1],
            feature: vec![0],
            threshold_or_leaf: vec![1e8],
            is_default_left: vec![false],
        };
        let small = Tree { threshold_or_leaf: vec![1.0], ..leaf.clone() };
        let back = Tree { threshold_or_leaf: vec![-1e8], ..leaf.clone() };
        assert_eq!(
            Forest::new(1, 0.0, &[leaf.clone(), small.clone(), back.clone()]).unwrap().margin(&[0.0]),
            Ok(0.0)
        );
        assert_eq!(
            Forest::new(1, 0.0, &[leaf.clone(), back, small.clone()]).unwrap().margin(&[0.0]),
            Ok(1.0)
        );
        let mut many = vec![small; 19];
        many.push(stump(0, 0.0, true));
        assert_eq!(Forest::new(1, 0.0, &many).unwrap().margin(&[0.0]), Ok(21.0));
    }

    #[test]
    fn what_a_leaf_says_of_a_right_child_does_not_matter() {
        let odd = Tree { right: vec![2, i64::MAX, 7], feature: vec![0, 9, -9], ..stump(0, 0.5, true) };
        assert_eq!(Forest::new(1, 0.0, &[odd]).unwrap().margin(&[1.0]), Ok(2.0));
    }

    #[test]
    fn trees_that_do_not_hang_together_are_refused() {
        let good = stump(0, 0.5, true);
        let bad = [
            Tree { left: vec![0, -1, -1], ..good.clone() },
            Tree { left: vec![2, -1, -1], ..good.clone() },
            Tree { left: vec![7, -1, -1], ..good.clone() },
            Tree { right: vec![-1, -1, -1], ..good.clone() },
            Tree { right: vec![2], ..good.clone() },
            Tree { feature: vec![1, 0, 0], ..good.clone() },
            Tree { feature: vec![-1, 0, 0], ..good.clone() },
            Tree { threshold_or_leaf: vec![f32::NAN, -1.0, 2.0], ..good.clone() },
            Tree::default(),
        ];
        for tree in bad {
            assert!(Forest::new(1, 0.0, std::slice::from_ref(&tree)).is_err(), "{tree:?}");
        }
        assert!(Forest::new(0, 0.0, &[good]).is_err());
    }
}
