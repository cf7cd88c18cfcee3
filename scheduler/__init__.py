"""How an article reaches people: collect, select, publish, fan out."""
