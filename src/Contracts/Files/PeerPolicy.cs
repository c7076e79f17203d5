namespace Distribution.Contracts.Files;

/// <summary>Whom a viewer may take pieces from.</summary>
public enum PeerPolicy
{
    /// <summary>Every viewer of the file, edges and the web seed.</summary>
    Everyone,

    /// <summary>Edges and the web seed only: no viewer is asked to upload.</summary>
    Off,
}
