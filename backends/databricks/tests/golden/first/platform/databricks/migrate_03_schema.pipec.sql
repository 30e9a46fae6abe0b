-- platform:databricks
create schema if not exists main.pipec
