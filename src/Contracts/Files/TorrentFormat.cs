namespace Distribution.Contracts.Files;

/// <summary>Which kind of torrent a file is published as. Names are the API's, in lower case.</summary>
public enum TorrentFormat
{
    /// <summary>BEP 3 alone: every client takes it.</summary>
    V1,

    /// <summary>BEP 3 and BEP 52 in one. Clients of before 2020 and some later ones refuse it.</summary>
    Hybrid,
}
