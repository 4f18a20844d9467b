"""What GDAL may open: a few formats, nothing that points at another file, at a program or at the network.

pyogrio and rasterio each bring a GDAL, which reads these variables once, when it is first imported;
so the package sets them before anything else.
"""

from __future__ import annotations

import os

SHUT = """
ADBC AIVector AVCBin AVCE00 AmigoCloud CSV CSW Carto DGN EDIGEO EEDA ESRIJSON Elasticsearch GDALG GML GMLAS
GPSBabel GPX GTFS GeoJSONSeq GeoRSS HTTP Idrisi JML JSONFG LVBAG MBTiles MVT MapInfo_File MapML MiraMonVector
NGW OAPIF ODS OGCAPI OGR_GMT OGR_PDS OGR_VRT OSM PCIDSK PDF PDS4 PGDUMP PLSCENES PMTiles S57 SQLite SXF Selafin
TopoJSON VDV VFK VICAR WAsP WFS XLS XLSX MySQL PostgreSQL MSSQLSpatial ODBC PGeo Parquet Arrow XODR NAS ILI
AAIGrid ACE2 ADRG AIG AirSAR BAG BIGGIF BLX BMP BSB BT BYN CALS CEOS COASP COSAR CPG CTG CTable2 DAAS DERIVED
DIMAP DIPEx DOQ1 DOQ2 DTED ECRGTOC EEDAI EHdr EIR ELAS ENVI ERS ESAT ESRIC FAST FIT GFF GIF GNMDatabase GNMFile
GRASSASCIIGrid GRIB GS7BG GSAG GSBG GSC GTI GTX GXF GenBin HDF4 HDF4Image HDF5 HDF5Image HF2 HFA ILWIS IRIS ISCE
ISG ISIS2 ISIS3 JAXAPALSAR JDEM JP2OpenJPEG JPEG KMLSUPEROVERLAY KRO L1B LAN LCP LOSLAS Leveller MAP MFF MFF2 MRF
MSGN NDF NGSGEOID NITF NOAA_B NSIDCbin NTv2 NWT_GRC NWT_GRD OZI PAux PCRaster PDS PLMOSAIC PNG PNM PRF R RIK RMF
ROI_PAC RPFTOC RRASTER RS2 RST Rasterlite S102 S104 S111 SAFE SAGA SAR_CEOS SDTS SENTINEL2 SGI SIGDEM SNAP_TIFF
SNODAS SRP SRTMHGT STACIT STACTA TGA TIL TSX Terragen USGSDEM VRT WCS WEBP WMS WMTS XPM XYZ ZMap Zarr netCDF
"""
NOWHERE = "127.0.0.1:9"
SET = {
    "GDAL_SKIP": ",".join(name.replace("MapInfo_File", "MapInfo File") for name in SHUT.split()),
    "GDAL_DRIVER_PATH": "disable",
    "GDAL_VRT_ENABLE_PYTHON": "NO",
    "GDAL_HTTP_PROXY": NOWHERE,  # a link inside a file that asks for the network meets a closed port
    "GDAL_HTTPS_PROXY": NOWHERE,
    "GDAL_HTTP_MAX_RETRY": "0",
    "CPL_VSIL_CURL_ALLOWED_FILENAME": "none",
    "PROJ_NETWORK": "OFF",
    "OGR_ARC_STEPSIZE": "0.2",  # a circle of 1,800 chords lacks 2e-6 of its area; the 4 degrees of GDAL 8e-4
    "CPL_LOG": os.devnull,  # a GDAL built without one of the drivers above would say so on the terminal
}


def shut() -> None:
    """Shut every driver but those that are read or written here; call it before pyogrio and rasterio come."""
    os.environ.update(SET)
