FROM python:3.11-slim
WORKDIR /srv/depeche
COPY requirements/run.txt requirements/run.txt
RUN pip install --no-cache-dir --require-hashes -r requirements/run.txt
COPY pyproject.toml README.md LICENSE ./
COPY bot bot
COPY handlers handlers
COPY scheduler scheduler
RUN pip install --no-cache-dir --no-deps --no-build-isolation .
RUN useradd --system --home-dir /srv/depeche depeche
USER depeche
CMD ["depeche", "run"]
