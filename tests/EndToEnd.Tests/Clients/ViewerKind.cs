namespace Distribution.EndToEnd.Tests.Clients;

/// <summary>The stock clients that the tests run.</summary>
public enum ViewerKind
{
    Libtorrent,
    Transmission,
    Aria2,
}
