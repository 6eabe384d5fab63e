# The oracle of tests/warehouse/evaluation/test_estimates.py: R survey (Debian r-cran-survey) on the CSV named as argument.
# Rscript tests/warehouse/evaluation/r/survey_oracle.R tests/warehouse/evaluation/r/households.csv > tests/warehouse/evaluation/r/recorded.json
suppressMessages(library(survey))
options(survey.lonely.psu = "adjust", digits = 17)
data <- read.csv(commandArgs(trailingOnly = TRUE)[1], stringsAsFactors = FALSE)
data$wrong_persons <- data$wrong * data$persons
one <- function(design, name) {
  share <- svymean(~satisfied, design)
  p <- as.numeric(coef(share)); v <- as.numeric(vcov(share)); df <- degf(design)
  xlogit <- as.numeric(confint(svyciprop(~satisfied, design, method = "xlogit", df = df)))
  beta <- as.numeric(confint(svyciprop(~satisfied, design, method = "beta", df = df)))
  ratio <- svyratio(~wrong_persons, ~persons, design)
  list(domain = name, n = nrow(design), df = df, share = p, share_se = sqrt(v), logit = xlogit, beta = beta,
       ratio = as.numeric(coef(ratio)), ratio_se = as.numeric(SE(ratio)))
}
design <- svydesign(ids = ~psu, strata = ~stratum, weights = ~weight, data = data, nest = FALSE)
out <- list(one(design, "all"))
for (town in sort(unique(data$township))) out[[length(out) + 1]] <- one(subset(design, township == town), town)
for (g in sort(unique(data$group))) out[[length(out) + 1]] <- one(subset(design, group == g), g)
num <- function(x) paste0("[", paste(sprintf("%.17g", x), collapse = ", "), "]")
rows <- sapply(out, function(r) sprintf(
  '  {"domain": "%s", "n": %d, "df": %d, "share": %.17g, "share_se": %.17g, "logit": %s, "beta": %s, "ratio": %.17g, "ratio_se": %.17g}',
  r$domain, r$n, r$df, r$share, r$share_se, num(r$logit), num(r$beta), r$ratio, r$ratio_se))
cat(sprintf('{"survey": "%s",\n "rows": [\n%s\n]}\n', packageVersion("survey"), paste(rows, collapse = ",\n")))
