"""Other tools, each driven through the HTTP interface its own pages use."""

from benchmarks.serving.peers.doccano import Doccano
from benchmarks.serving.peers.labelstudio import LabelStudio, LabelStudioOnPostgres
from benchmarks.serving.peers.potato import Potato

PEERS = {
    "potato": Potato,
    "doccano": Doccano,
    "labelstudio": LabelStudio,
    "labelstudio-postgres": LabelStudioOnPostgres,
}
