//! Recovery: what comes out of parts that are taken apart besides pieces. Pieces get grades by chance, and materials are recovered
//! by mass.
//!
//! A grade decides where a piece goes and what it is worth. Of each material of a part so much is recovered as its ratio says, in
//! whole milligrams; the rest is lost. The recovery rate is recovered mass / mass in, as the recyclability rate of ISO 22628 is the
//! mass of what can be recycled over that of the vehicle (the text was not at hand). Invariant: mass in = recovered + lost, for each
//! material.

use std::sync::Arc;

use kernel::Stream;

use crate::codes;
use crate::description::{Mass, MassPrice, Money, Name, Ratio, describe};
use crate::element::{ElementIndex, Streams};
use crate::flow::disassembly::Piece;
use crate::part::PartTypeIndex;
use crate::plan::Planner;
use crate::report::{Figures, ratio};

describe! {
    /// A grade that pieces can have.
    pub struct Grade {
        /// The share of pieces that have it; the shares of all grades make 1.
        share: Ratio,
        /// Their type; that of the piece unless given.
        part_type: Option<Name> = None,
        /// Where they go; as the piece unless given.
        next: Option<Name> = None,
        /// What one of them is worth.
        value: Option<Money> = None,
    }
}

describe! {
    /// A material of the parts that are taken apart.
    pub struct Material {
        /// How much of it is in one part.
        mass: Mass,
        /// The share of it that is recovered.
        recovery: Ratio = Ratio::ONE,
        /// What it is worth when it is recovered.
        value: Option<MassPrice> = None,
    }
}

/// A grade resolved.
#[derive(Debug, Clone, PartialEq)]
struct GradePlan {
    name: Arc<str>,
    /// The share of pieces that have this grade or one before it.
    up_to: f64,
    part_type: PartTypeIndex,
    next: Option<ElementIndex>,
    millionths: i64,
}

/// The grades of a kind of pieces resolved.
#[derive(Debug, Clone, PartialEq)]
struct PiecePlan {
    name: Arc<str>,
    grades: Vec<GradePlan>,
}

/// A material resolved.
#[derive(Debug, Clone, PartialEq)]
struct MaterialPlan {
    name: Arc<str>,
    mass_mg: i64,
    recovered_mg: i64,
    millionths_per_kg: i64,
}

/// What is recovered, resolved.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct RecoveryPlan {
    /// In the order of the pieces of the disassembly.
    pieces: Vec<PiecePlan>,
    materials: Vec<MaterialPlan>,
    /// The first sum that is named.
    currency: Option<Arc<str>>,
}

/// What was recovered of a material, in milligrams.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Recovered {
    in_mg: i128,
    recovered_mg: i128,
    lost_mg: i128,
    /// Milligrams x millionths of the currency per kilogram.
    value: i128,
}
kernel::persist!(struct Recovered { in_mg, recovered_mg, lost_mg, value });

/// Pieces of a grade.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Graded {
    count: u64,
    /// In millionths of the currency.
    value: i128,
}
kernel::persist!(struct Graded { count, value });

/// What a run changes of a recovery. All counts are since the end of the warm-up.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Recovery {
    grading: Stream,
    /// By pieces and their grades.
    grades: Vec<Vec<Graded>>,
    /// By material.
    materials: Vec<Recovered>,
}
kernel::persist!(struct Recovery { grading, grades, materials });

impl RecoveryPlan {
    /// That of `pieces` and `materials`; `None` where there is nothing to grade and to recover.
    pub(crate) fn plan(pieces: &[Piece], materials: &[(Name, Material)], planner: &mut Planner<'_>) -> Option<Self> {
        let sums = pieces.iter().flat_map(|piece| piece.grades.iter()).filter_map(|(_, grade)| grade.value.as_ref());
        let prices = materials.iter().filter_map(|(_, material)| material.value.as_ref());
        let mut amounts: Vec<(&str, crate::description::Origin)> =
            sums.map(|sum| (sum.currency(), sum.origin())).collect();
        amounts.extend(prices.map(|price| (price.currency(), price.origin())));
        let currency = amounts.first().map(|(currency, _)| Arc::from(*currency));
        for (other, origin) in &amounts {
            planner.note_currency(other, *origin);
        }
        let pieces: Vec<PiecePlan> = pieces.iter().map(|piece| grades_of(piece, planner)).collect();
        let materials: Vec<MaterialPlan> = materials.iter().map(|(name, material)| planned(name, material)).collect();
        let is_needed = !materials.is_empty() || pieces.iter().any(|piece| !piece.grades.is_empty());
        is_needed.then_some(RecoveryPlan { pieces, materials, currency })
    }

    /// The grades of pieces, in their order: the types that they can be of and where those go.
    pub(crate) fn outcomes(&self, piece: usize) -> impl Iterator<Item = (PartTypeIndex, Option<ElementIndex>)> {
        let grades = self.pieces.get(piece).map_or(&[][..], |piece| &piece.grades);
        grades.iter().map(|grade| (grade.part_type, grade.next))
    }

    /// Whether a run can go over to this from what it was `before`.
    ///
    /// # Errors
    /// What of it cannot change.
    pub(crate) fn can_follow(&self, before: &RecoveryPlan) -> Result<(), String> {
        let names = |plan: &RecoveryPlan| -> Vec<Vec<Arc<str>>> {
            let grades = |piece: &PiecePlan| piece.grades.iter().map(|grade| grade.name.clone()).collect();
            let materials = plan.materials.iter().map(|material| material.name.clone()).collect();
            plan.pieces.iter().map(grades).chain([materials]).collect()
        };
        if names(self) == names(before) {
            Ok(())
        } else {
            Err("which grades and materials there are cannot change during a run, only their shares and values"
                .to_owned())
        }
    }

    pub(crate) fn begin(&self, streams: &Streams<'_>) -> Recovery {
        Recovery {
            grading: streams.stream("grades"),
            grades: self.pieces.iter().map(|piece| vec![Graded::default(); piece.grades.len()]).collect(),
            materials: vec![Recovered::default(); self.materials.len()],
        }
    }
}

fn grades_of(piece: &Piece, planner: &mut Planner<'_>) -> PiecePlan {
    let own = planner.part_type(&piece.part_type);
    let mut up_to = 0.0;
    let grades = piece.grades.iter().map(|(name, grade)| {
        up_to += grade.share.value();
        GradePlan {
            name: name.text().into(),
            up_to,
            part_type: grade.part_type.as_ref().map_or(own, |part_type| planner.part_type(part_type)),
            next: grade.next.as_ref().map(|next| planner.destination(next)),
            millionths: grade.value.as_ref().map_or(0, Money::millionths),
        }
    });
    let grades: Vec<GradePlan> = grades.collect();
    if !grades.is_empty() && (up_to - 1.0).abs() > 1e-9 {
        planner.complain(
            &codes::CONTRADICTION,
            piece.part_type.origin(),
            format!("the shares of the grades of \"{}\" make {up_to}", piece.part_type.text()),
            "every piece has one grade",
            Some("let their shares make 1".to_owned()),
        );
    }
    PiecePlan { name: piece.part_type.text().into(), grades }
}

fn planned(name: &Name, material: &Material) -> MaterialPlan {
    let mass_mg = material.mass.as_milligrams();
    // Exact to the milligram up to 9000 t.
    let recovered_mg = (mass_mg as f64 * material.recovery.value()).round() as i64;
    MaterialPlan {
        name: name.text().into(),
        mass_mg,
        recovered_mg: recovered_mg.min(mass_mg),
        millionths_per_kg: material.value.as_ref().map_or(0, MassPrice::millionths_per_kg),
    }
}

impl Recovery {
    /// A piece comes out: its type and where it goes by its grade, if it has any. One uniform draw from "grades" for such a
    /// piece.
    pub(crate) fn grade(&mut self, plan: &RecoveryPlan, piece: usize) -> Option<(PartTypeIndex, Option<ElementIndex>)> {
        let grades = &plan.pieces.get(piece)?.grades;
        let last = grades.len().checked_sub(1)?;
        let drawn = self.grading.uniform();
        let number = grades.iter().position(|grade| drawn < grade.up_to).unwrap_or(last);
        let grade = &grades[number];
        if let Some(graded) = self.grades.get_mut(piece).and_then(|grades| grades.get_mut(number)) {
            graded.count += 1;
            graded.value += i128::from(grade.millionths);
        }
        Some((grade.part_type, grade.next))
    }

    /// A part has been taken apart: its materials are recovered as far as they can be.
    pub(crate) fn recover(&mut self, plan: &RecoveryPlan) {
        for (books, material) in self.materials.iter_mut().zip(&plan.materials) {
            let (mass, recovered) = (i128::from(material.mass_mg), i128::from(material.recovered_mg));
            books.in_mg += mass;
            books.recovered_mg += recovered;
            books.lost_mg += mass - recovered;
            books.value += recovered * i128::from(material.millionths_per_kg);
        }
    }

    pub(crate) fn reset_statistics(&mut self) {
        self.grades.iter_mut().flatten().for_each(|graded| *graded = Graded::default());
        self.materials.fill(Recovered::default());
    }

    /// What graded pieces and recovered materials are worth, in the currency of their prices.
    pub(crate) fn value(&self) -> f64 {
        let pieces: i128 = self.grades.iter().flatten().map(|graded| graded.value).sum();
        let materials: i128 = self.materials.iter().map(|books| books.value).sum();
        pieces as f64 / 1e6 + materials as f64 / 1e12
    }

    pub(crate) fn figures(&self, plan: &RecoveryPlan, figures: &mut Figures<'_>) {
        let kg = |mg: i128| mg as f64 / 1e6;
        let currency = plan.currency.as_deref().unwrap_or_default();
        if !self.materials.is_empty() {
            let sum = |of: fn(&Recovered) -> i128| kg(self.materials.iter().map(of).sum());
            let (came_in, recovered) = (sum(|books| books.in_mg), sum(|books| books.recovered_mg));
            figures.quantity("mass in", came_in, "kg");
            figures.quantity("mass recovered", recovered, "kg");
            figures.number("recovery rate", ratio(recovered, came_in));
            let said = plan.materials.iter().zip(&self.materials).map(|(material, books)| {
                format!("{} {} of {} kg", material.name, kg(books.recovered_mg), kg(books.in_mg))
            });
            figures.word("materials", said.collect::<Vec<String>>().join("; "));
        }
        for (piece, grades) in plan.pieces.iter().zip(&self.grades).filter(|(_, grades)| !grades.is_empty()) {
            let said = piece.grades.iter().zip(grades).map(|(grade, graded)| {
                let value = graded.value as f64 / 1e6;
                let worth = if graded.value > 0 { format!(" ({value} {currency})") } else { String::new() };
                format!("{} {}{worth}", grade.name, graded.count)
            });
            figures.word("grades", format!("{}: {}", piece.name, said.collect::<Vec<String>>().join(", ")));
        }
        if plan.currency.is_some() {
            figures.quantity("value recovered", self.value(), currency.to_owned());
        }
    }

    /// Checks that no mass has come from nowhere or gone there.
    ///
    /// # Errors
    /// What does not agree, in milligrams.
    pub(crate) fn audit(&self, plan: &RecoveryPlan) -> Result<(), String> {
        let counts = (self.materials.len(), self.grades.iter().map(Vec::len).collect::<Vec<_>>());
        if counts != (plan.materials.len(), plan.pieces.iter().map(|piece| piece.grades.len()).collect()) {
            return Err("its books are not of its materials and grades".to_owned());
        }
        for (material, Recovered { in_mg, recovered_mg, lost_mg, .. }) in plan.materials.iter().zip(&self.materials) {
            if *in_mg != recovered_mg + lost_mg {
                let name = &material.name;
                return Err(format!(
                    "{in_mg} mg of \"{name}\" came in, {recovered_mg} mg are recovered, {lost_mg} mg lost"
                ));
            }
        }
        Ok(())
    }
}
