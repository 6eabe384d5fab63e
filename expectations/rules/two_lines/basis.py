"""What the rules of the two lines rest on."""

BASIS_TWO_LINES = "农村低保制度与扶贫开发政策有效衔接（两线合一、应保尽保、应退尽退）"
