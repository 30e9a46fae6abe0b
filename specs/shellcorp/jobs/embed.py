"""A player as a short vector: position, height, goals and assists, each on a scale of its own."""

POSITIONS = ('GK', 'CB', 'FB', 'DM', 'CM', 'AM', 'W', 'ST')


def run(players, seasons):
    totals = {}
    for season in seasons:
        goals, assists = totals.get(season['player_id'], (0, 0))
        totals[season['player_id']] = (goals + season['goals'], assists + season['assists'])
    for player in players:
        goals, assists = totals.get(player['player_id'], (0, 0))
        place = [1.0 if player['position'] == position else 0.0 for position in POSITIONS]
        yield {'player_id': player['player_id'],
               'embedding': place + [(player['height_cm'] or 180) / 200, goals / 100, assists / 100]}
