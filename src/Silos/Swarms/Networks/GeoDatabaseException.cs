namespace Distribution.Silos.Swarms.Networks;

/// <summary>A geo database cannot be used; the message names the file and says why.</summary>
public sealed class GeoDatabaseException : Exception
{
    public GeoDatabaseException() { }

    public GeoDatabaseException(string message)
        : base(message) { }

    public GeoDatabaseException(string message, Exception innerException)
        : base(message, innerException) { }
}
